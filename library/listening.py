"""The lines the listener learns from, `listening/*.tsv` of a programme, and the weights beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from casework.refusals import BadInput
from nlp.listener import KINDS, Weights
from nlp.training import Line

FOLDER, WEIGHTS = "listening", "weights.xz"


def lines(folder: Path) -> tuple[Line, ...]:
    """Every line of the programme in this folder; each is a kind of `KINDS`, a tab, and what somebody
    wrote. Raises `BadInput` naming file and line."""
    return tuple(
        line for path in sorted((folder / FOLDER).glob("*.tsv")) for line in _lines_of(path)
    )


def _lines_of(path: Path) -> Iterator[Line]:
    for at, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not row or row.startswith("#"):
            continue
        kind, tab, text = row.partition("\t")
        if not tab or kind not in KINDS or not text.strip():
            raise BadInput(
                f"{FOLDER}/{path.name} 第{at}行要写成:种类,一个制表符,一句话。"
                f"种类能写的是 {'、'.join(KINDS)}。"
            )
        yield Line(text=text.strip(), kind=kind)


def weights(folder: Path) -> Weights | None:
    """What was learned from them; None in a programme without lines. Raises `BadInput`."""
    path = folder / FOLDER / WEIGHTS
    try:
        return Weights.unpacked(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        raise BadInput(
            f"{FOLDER}/{WEIGHTS} 读不出来。用 xiangsheng listening learn 重做一份。"
        ) from None


def keep(folder: Path, learned: Weights) -> Path:
    """Writes them where `weights` looks."""
    path = folder / FOLDER / WEIGHTS
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(learned.packed())
    return path
