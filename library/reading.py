"""Reading a content folder into one frozen value, with a clear sentence for every fault in it."""

from __future__ import annotations

import csv
import lzma
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from casework.content import (
    COUNTY_FACTS,
    MOST_STEPS,
    ONE_TOPIC,
    YEAR,
    Contact,
    Content,
    County,
    Fact,
    Texts,
    Topic,
    TopicRole,
)
from casework.deadlines import WorkCalendar, policy_from
from casework.offices import Level, Organisation, Unit
from casework.refusals import BadInput
from casework.rules import rules_from
from library.written import read_toml
from nlp.places import Gazetteer
from nlp.understanding import Understanding

#: What a county decided fits the phone screen beside what is sure and what to do.
LONGEST_FACT = 100


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
    named = [(f"{slug} 的 see_also", near) for slug, t in topics.items() for near in t.see_also]
    named += [
        ("texts.toml 的 home.common", slug)
        for slug in texts.get("home", {}).get("common", "").split()
    ]
    for where, slug in named:
        if slug not in topics:
            raise BadInput(f"{where} 里写了 {slug},没有这一条问答。")
    for role in ONE_TOPIC:
        playing = [slug for slug, topic in topics.items() if topic.role is role]
        if len(playing) != 1:
            raise BadInput(
                f'topics 里写着 role = "{role}" 的问答要有一条,也只能有一条,'
                f"现在有 {len(playing)} 条:{'、'.join(playing)}。"
            )
    concepts = read_toml(folder / "concepts.toml")["concepts"]
    return Content(
        version=digest(folder),
        topics=topics,
        concepts={name: tuple(words) for name, words in concepts.items()},
        texts=Texts(dict(_flat(texts))),
        organisation=organisation,
        policy=policy_from(deadlines),
        counties={county.code: county for county in _counties(folder / "counties")},
        rules=rules_from(read_toml(folder / "handling.toml")),
        contacts=tuple(Contact(**row) for row in offices["contact"]),
        categories=dict(texts.get("category", {})),
        batch_day=deadlines["batch"]["day"],
        batch_hour=deadlines["batch"]["hour"],
    )


def _topics(folder: Path) -> Iterator[Topic]:
    for path in sorted(folder.glob("*.toml")):
        for row in read_toml(path).get("topic", []):
            known: dict[str, Any] = {
                k: tuple(v) if isinstance(v, list) else v for k, v in row.items()
            }
            where = f"{path.name} 里的 {row.get('slug', '?')}"
            if "role" in row:
                known["role"] = _role(where, row["role"])
            try:
                topic = Topic(**known)
            except TypeError as fault:
                raise BadInput(f"{where} 写错了:{fault}") from None
            if not all(map(YEAR.search, topic.examples)):
                raise BadInput(f"{where}:别处的例子要写明是哪里、哪年的,如“许昌市2017年:…”。")
            if len({bool(v) for v in (topic.later, topic.later_from, topic.later_source)}) > 1:
                raise BadInput(f"{where}:后来的规定要写全:怎么说、哪天起、来源。")
            if len(topic.steps) > MOST_STEPS:
                raise BadInput(f"{where}:怎么办最多写 {MOST_STEPS} 步。")
            yield topic


def _role(where: str, role: object) -> TopicRole:
    for known in TopicRole:
        if role == known:
            return known
    raise BadInput(f"{where}:role 只能是 {'、'.join(TopicRole)}。")


def _counties(folder: Path) -> Iterator[County]:
    """`<code>.toml` each; a programme without the folder knows nothing of any county."""
    for path in sorted(folder.glob("*.toml")):
        name = f"counties/{path.name}"
        if not re.fullmatch(r"\d{6}", path.stem):
            raise BadInput(f"{name}:文件名要是县的6位代码,如 410423.toml。")
        table = read_toml(path)
        rows, demo = table.pop("fact", {}), table.pop("demo", False)
        if table or not isinstance(demo, bool) or not isinstance(rows, Mapping):
            raise BadInput(f"{name}:只能写 demo = true 或 false,和一段一段的 [fact.名字]。")
        yield County(
            code=path.stem, demo=demo,
            facts={key: _fact(f"{name} 的 [fact.{key}]", key, row) for key, row in rows.items()},
        )  # fmt: skip


def _fact(where: str, key: str, row: object) -> Fact:
    if key not in COUNTY_FACTS:
        raise BadInput(f"{where}:没有这一项,能填的是 {'、'.join(COUNTY_FACTS)}。")
    match row:
        case {"text": str(text), "source": str(source), "since": date() as since, **others} if (
            text.strip() and source.strip() and not others and not isinstance(since, datetime)
        ):
            if len(text) > LONGEST_FACT:
                raise BadInput(f"{where}:太长了({len(text)} 个字),最多 {LONGEST_FACT} 个字。")
            return Fact(text=text.strip(), source=source.strip(), since=since)
    raise BadInput(
        f'{where}:要写三样:text = "…"(怎么定的)、source = "…"(谁说的)、since = 2019-01-01(从哪天起)。'
    )


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
    try:
        return Understanding.of(content, load_gazetteer(folder), words)
    except KeyError as missing:
        raise BadInput(f"triage.toml 里少了 {missing.args[0]} 这一项。") from None
