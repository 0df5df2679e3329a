"""The office's keys, made in its own folder and nowhere else, and the card it hands over."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import pyrage

from casework.refusals import BadInput
from papers.card import Card
from papers.envelope import new_keypair, public_of
from papers.files import private_folder, write_whole
from papers.signature import SigningKey, is_public

KEYS, CARD, SENDER = "keys.json", "card.json", "sender.pub"


class NoKeys(BadInput):
    """The folder was never made an inbox, or the sender was never introduced."""

    code = "no-keys"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The private halves. They never leave the folder."""

    office: str
    age: str
    box: bytes
    signing: SigningKey
    card: Card


def make_keys(folder: Path, office: str, *, box: bytes | None = None) -> Card:
    """Keys for a new office; made once, never overwritten. `box` brings an X25519 key along."""
    if (folder / KEYS).exists():
        raise BadInput(f"{folder} 里已经有钥匙了,不能覆盖。")
    if not office or len(office) > 60 or not all(c.isalnum() or c in "-_." for c in office):
        raise BadInput("单位代号只能用字母、数字和横线,比如 discipline-41。")
    private_folder(folder)
    identity, signing = pyrage.x25519.Identity.generate(), SigningKey(secrets.token_bytes(32))
    private = box or new_keypair()[0]
    card = Card(
        office=office,
        age=str(identity.to_public()),
        box=public_of(private).hex(),
        signing=signing.public_text,
    )
    kept = {"age": str(identity), "box": private.hex(), "signing": signing.seed.hex()}
    write_whole(folder / CARD, card.to_bytes())
    write_whole(folder / KEYS, json.dumps({"office": office, **kept}).encode())
    return card


def load_keys(folder: Path) -> Keys:
    """Raises `NoKeys` for a folder in which `init` never ran."""
    if not (folder / KEYS).exists():
        raise NoKeys(f"{folder} 里还没有钥匙。先运行:xiangsheng inbox init")
    read = json.loads((folder / KEYS).read_text())
    return Keys(
        office=read["office"],
        age=read["age"],
        box=bytes.fromhex(read["box"]),
        signing=SigningKey(bytes.fromhex(read["signing"])),
        card=Card.from_bytes((folder / CARD).read_bytes()),
    )


def trust(folder: Path, sender: str) -> str:
    """Keep the housing department's public key. Another one than the kept one is refused: a change
    of keys is agreed on paper, and the old file taken away by hand."""
    public = _public_key(sender)
    kept = folder / SENDER
    if kept.exists() and kept.read_text().strip() != public:
        raise BadInput(f"已经认了另一把公钥。确实换了钥匙,请先核对纸面,再删掉 {kept}。")
    write_whole(kept, f"{public}\n".encode())
    return public


def sender_key(folder: Path) -> str:
    """Nobody is trusted on first use: without an introduction nothing is taken."""
    kept = folder / SENDER
    if not kept.exists():
        raise NoKeys("还没有登记移交方的公钥。先运行:xiangsheng inbox trust 公钥")
    return kept.read_text().strip()


def _public_key(text: str) -> str:
    """From a line, or a minisign `.pub` file's text."""
    public = text.strip().splitlines()[-1].strip() if text.strip() else ""
    if not is_public(public):
        raise BadInput("这不是 minisign 公钥(应当是 RW 开头的一行,56 个字符)。")
    return public
