"""Reading a content folder into one frozen value, with a clear sentence for every fault in it."""

from __future__ import annotations

import csv
import lzma
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from casework.content import Contact, Content, Texts, Topic
from casework.deadlines import WorkCalendar, policy_from
from casework.offices import Level, Organisation, Unit
from casework.refusals import BadInput
from casework.rules import rules_from
from nlp.places import Gazetteer
from nlp.understanding import Understanding


def load_content(folder: Path) -> Content:
    """The whole programme of a folder. Raises `BadInput` naming file and fault."""
    deadlines = read_toml(folder / "deadlines.toml")
    offices = read_toml(folder / "offices.toml")
    texts = read_toml(folder / "texts.toml")
    topics = {topic.slug: topic for topic in _topics(folder / "topics")}
    organisation = Organisation.of(_unit(row) for row in offices["unit"])
    for level in (Level.PROVINCE, Level.DISCIPLINE, Level.ESCROW):
        if len(organisation.at(level)) != 1:
            raise BadInput(f'offices.toml 里 level = "{level}" 的单位要有一个,也只能有一个。')
    concepts = read_toml(folder / "concepts.toml")["concepts"]
    return Content(
        version=digest(folder),
        topics=topics,
        concepts={name: tuple(words) for name, words in concepts.items()},
        texts=Texts(dict(_flat(texts))),
        organisation=organisation,
        policy=policy_from(deadlines),
        rules=rules_from(read_toml(folder / "handling.toml")),
        contacts=tuple(Contact(**row) for row in offices["contact"]),
        categories=dict(texts.get("category", {})),
        batch_day=deadlines["batch"]["day"],
        batch_hour=deadlines["batch"]["hour"],
    )


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"内容文件夹里少了 {path.name}。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadInput(f"{path.name} 写错了:{fault}") from None


def _topics(folder: Path) -> Iterator[Topic]:
    for path in sorted(folder.glob("*.toml")):
        for row in read_toml(path).get("topic", []):
            known: dict[str, Any] = {
                k: tuple(v) if isinstance(v, list) else v for k, v in row.items()
            }
            try:
                yield Topic(**known)
            except TypeError as fault:
                raise BadInput(f"{path.name} 里的 {row.get('slug', '?')} 写错了:{fault}") from None


def _unit(row: Mapping[str, Any]) -> Unit:
    return Unit(**{**row, "level": Level(row["level"])})


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield prefix + key, value


def digest(folder: Path) -> str:
    """What the folder's text files say, in 16 characters."""
    whole = sha256()
    for path in sorted(folder.rglob("*.toml")):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def load_calendar(path: Path) -> WorkCalendar:
    """`date,kind,note` rows; the rows first and last say which years are official."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                (date.fromisoformat(r["date"]), r["kind"], r["note"]) for r in csv.DictReader(file)
            ]
        first = next(day for day, kind, _ in rows if kind == "first")
        last = next(day for day, kind, _ in rows if kind == "last")
    except FileNotFoundError:
        raise BadInput(f"内容文件夹里少了 {path.name}。") from None
    except (ValueError, KeyError, TypeError, StopIteration):
        raise BadInput(f"{path.name} 写错了,读不出来。") from None
    return WorkCalendar.from_rows([r for r in rows if r[1] not in ("first", "last")], first, last)


def load_gazetteer(folder: Path) -> Gazetteer:
    lines = lzma.decompress((folder / "places.tsv.xz").read_bytes()).decode().splitlines()
    return Gazetteer.from_lines(lines, read_toml(folder / "renames.toml")["renames"])


def load_understanding(folder: Path, content: Content) -> Understanding:
    words = read_toml(folder / "triage.toml")
    return Understanding.of(content, load_gazetteer(folder), words)
