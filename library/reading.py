"""Reading content into one frozen value, with a clear sentence for every fault in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date
from hashlib import sha256
from pathlib import Path
from string import Formatter
from typing import Any

from casework.content import (
    MOST_STEPS,
    ONE_TOPIC,
    YEAR,
    Contact,
    Content,
    Texts,
    Topic,
    TopicRole,
)
from casework.county import BOX, NEEDS, County, Fact, Measure, Value
from casework.deadlines import WorkCalendar, policy_from
from casework.offices import Level, Organisation, Unit
from casework.refusals import BadInput
from casework.rules import rules_from
from casework.step_texts import FILE as STEPS
from casework.step_texts import step_texts_from
from library.layers import (
    CALENDAR,
    COUNTY,
    OFFICES,
    TEXTS,
    TOPICS,
    Layers,
    line_of,
    refuse_strange,
    shown,
)
from library.listening import in_force, lessons
from library.places import load_gazetteer
from nlp.understanding import Understanding

#: What a county decided fits the phone screen beside what is sure and what to do.
LONGEST_FACT = 100
_DATES = ("later_from", "valid_from", "valid_to", "reviewed_on")
_LISTS = ("variants", "examples", "steps", "needs", "see_also")


def load_content(layers: Layers) -> Content:
    """The whole programme. Raises `BadInput` naming file and fault."""
    for name, text in layers.own.items():
        refuse_strange(name, text)
    deadlines, texts = layers.theirs("deadlines.toml"), _texts(layers)
    topics = _topics(layers)
    offices = office_rows(layers)
    organisation = Organisation.of(_unit(row) for row in offices["unit"])
    for level in (Level.PROVINCE, Level.DISCIPLINE, Level.ESCROW):
        if len(organisation.at(level)) != 1:
            raise BadInput(f'offices.toml 里 level = "{level}" 的单位要有一个,也只能有一个。')
    named = [(f"{slug} 的 see_also", near) for slug, t in topics.items() for near in t.see_also]
    named += [
        (f"texts.toml 的 {key}", slug)
        for key in ("home.common", "ask.of_a_sum")
        for slug in texts.get(key, "").split()
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
    return Content(
        version=digest(layers),
        topics=topics,
        concepts={k: tuple(v) for k, v in layers.theirs("concepts.toml")["concepts"].items()},
        texts=Texts(texts),
        organisation=organisation,
        policy=policy_from(deadlines),
        counties=counties_of(layers),
        rules=rules_from(layers.theirs("handling.toml")),
        steps=step_texts_from(layers.theirs(STEPS)),
        contacts=tuple(map(_contact, offices["contact"])),
        categories={
            k.removeprefix("category."): v for k, v in texts.items() if k.startswith("category.")
        },
        batch_day=deadlines["batch"]["day"],
        batch_hour=deadlines["batch"]["hour"],
    )


def _texts(layers: Layers) -> dict[str, str]:
    """Every sentence by its key; one of the office's own must be one there is, with the same slots."""
    texts = dict(_flat(layers.theirs(TEXTS)))
    for key, said in _flat(layers.ours(TEXTS)):
        last = key.rpartition(".")[2]
        where = f"{shown(TEXTS)} {line_of(layers.own[TEXTS], f'{last} =')}的 {key}"
        if key not in texts:
            raise BadInput(f"{where}:没有这一句,看看名字是不是写错了。")
        if strange := _slots(where, said) - _slots(where, texts[key]):
            raise BadInput(f"{where}:不能写 {{{strange.pop()}}},原来那句里没有。")
        texts[key] = said
    return texts


def _slots(where: str, said: str) -> set[str]:
    try:
        return {slot for _, slot, _, _ in Formatter().parse(said) if slot is not None}
    except ValueError:
        raise BadInput(f"{where}:大括号要成对,里头写原来那句里有的名字。") from None


def office_rows(layers: Layers) -> dict[str, list[dict[str, Any]]]:
    """Units by id, the office's own instead of the programme's; its contacts instead of all of them."""
    theirs, ours = layers.theirs(OFFICES), layers.ours(OFFICES)
    if strange := sorted(ours.keys() - {"unit", "contact"}):
        raise BadInput(f"{shown(OFFICES)}:不认识 {strange[0]},只能写 [[unit]] 和 [[contact]]。")
    units = {row["id"]: row for row in theirs["unit"]}
    for row in rows_in(shown(OFFICES), ours, "unit"):
        if not isinstance(row.get("id"), str):
            raise BadInput(f'{shown(OFFICES)}:每个 [[unit]] 要写 id = "…"。')
        units[row["id"]] = row
    contacts = rows_in(shown(OFFICES), ours, "contact") or theirs["contact"]
    return {"unit": list(units.values()), "contact": contacts}


def topic_rows(layers: Layers) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every topic as it is written, by slug, and where it stands; the office's own instead of the
    programme's."""
    tables = [(name, layers.theirs(name), "") for name in layers.names("topics/*.toml")]
    tables.append((shown(TOPICS), layers.ours(TOPICS), layers.own.get(TOPICS, "")))
    found = {}
    for name, table, text in tables:
        for row in rows_in(name, table, "topic"):
            slug = str(row.get("slug", "?"))
            place = line_of(text, f'slug = "{slug}"')
            found[slug] = (
                f"{name} {place}的 {slug}" if place else f"{name} 里的 {slug}",
                row,
            )
    return found


def _topics(layers: Layers) -> dict[str, Topic]:
    return {slug: _topic(where, row) for slug, (where, row) in topic_rows(layers).items()}


def _topic(where: str, row: Mapping[str, Any]) -> Topic:
    known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    if "role" in row:
        known["role"] = _role(where, row["role"])
    if strange := sorted(known.keys() - {each.name for each in fields(Topic)}):
        raise BadInput(f"{where}:不认识 {strange[0]} 这一项,看看名字是不是写错了。")
    if missing := [
        name for name in ("slug", "question", "variants", "answer") if name not in known
    ]:
        raise BadInput(f"{where}:少了 {missing[0]}。")
    topic = Topic(**known)
    _refuse_wrong_kinds(where, topic)
    if not all(map(YEAR.search, topic.examples)):
        raise BadInput(f"{where}:别处的例子要写明是哪里、哪年的,如“许昌市2017年:…”。")
    if len({bool(v) for v in (topic.later, topic.later_from, topic.later_source)}) > 1:
        raise BadInput(f"{where}:后来的规定要写全:怎么说、哪天起、来源。")
    if strange := sorted(set(topic.needs) - set(NEEDS)):
        raise BadInput(f"{where}:needs 里不能写 {strange[0]},能写的是 {'、'.join(NEEDS)}。")
    if len(topic.steps) > MOST_STEPS:
        raise BadInput(f"{where}:怎么办最多写 {MOST_STEPS} 步。")
    return topic


def _refuse_wrong_kinds(where: str, topic: Topic) -> None:
    """Raises `BadInput` where a date is written as words, or a list as one word."""
    for name, value in vars(topic).items():
        if name in _DATES and not (value is None or type(value) is date):
            raise BadInput(f"{where}:{name} 要写成日期,不带引号,如 {name} = 2026-11-01。")
        if name in _LISTS and not (
            isinstance(value, tuple) and all(isinstance(each, str) for each in value)
        ):
            raise BadInput(f'{where}:{name} 要写成一串,如 {name} = ["…", "…"]。')
        if name not in (*_DATES, *_LISTS, "role") and not isinstance(value, str):
            raise BadInput(f'{where}:{name} 要写成带引号的话,如 {name} = "…"。')


def _role(where: str, role: object) -> TopicRole:
    for known in TopicRole:
        if role == known:
            return known
    raise BadInput(f"{where}:role 只能是 {'、'.join(TopicRole)}。")


def counties_of(layers: Layers) -> dict[str, County]:
    """`<code>.toml` each, the office's own instead of the programme's: what is invented and what is
    true of one county are never mixed. A programme without the folder knows nothing of any county."""
    files = {name: (name, layers.theirs(name)) for name in layers.names("counties/*.toml")}
    for name in layers.own:
        if COUNTY.fullmatch(name):
            files[name] = (shown(name), layers.ours(name))
    counties = (_county(name, where, table) for name, (where, table) in files.items())
    return {county.code: county for county in counties}


def _county(name: str, where: str, table: dict[str, Any]) -> County:
    named = COUNTY.fullmatch(name)
    if not named:
        raise BadInput(f"{where}:文件名要是县的6位代码,如 410423.toml。")
    rows, demo = table.pop("fact", {}), table.pop("demo", False)
    if table or not isinstance(demo, bool) or not isinstance(rows, Mapping):
        raise BadInput(f"{where}:只能写 demo = true 或 false,和一段一段的 [fact.名字]。")
    return County(
        code=named[1], demo=demo,
        facts={key: _fact(f"{where} 的 [fact.{key}]", key, row) for key, row in rows.items()},
    )  # fmt: skip


def _fact(where: str, key: str, row: object) -> Fact:
    if key not in BOX:
        raise BadInput(f"{where}:没有这一项,能填的是 {'、'.join(BOX)}。")
    if not isinstance(row, Mapping):
        raise BadInput(f"{where}:{_HOW}")
    if strange := sorted(row.keys() - {each.name for each in fields(Fact)}):
        raise BadInput(f"{where}:不认识 {strange[0]} 这一项,看看名字是不是写错了。")
    source, since = row.get("source"), row.get("since")
    if not (isinstance(source, str) and source.strip()) or type(since) is not date:
        raise BadInput(f"{where}:{_HOW}")
    entered_on = row.get("entered_on")
    if not (entered_on is None or type(entered_on) is date):
        raise BadInput(f"{where}:entered_on 要写成日期,不带引号,如 2026-11-01。")
    for name in ("by", "approved_by"):
        if not isinstance(row.get(name, ""), str):
            raise BadInput(f'{where}:{name} 要写成带引号的话,如 {name} = "…"。')
    return Fact(
        value=_value(where, BOX[key].measure, row.get("value")),
        source=source.strip(),
        since=since,
        by=row.get("by", ""),
        entered_on=entered_on,
        approved_by=row.get("approved_by", ""),
    )


_HOW = '要写三样:value = …(怎么定的)、source = "…"(谁说的)、since = 2019-01-01(从哪天起)。'
_NUMBERS = (Measure.YUAN, Measure.SQUARE_EACH, Measure.DAYS)
_ROWS = (Measure.YUAN_BY_PERSONS, Measure.SQUARE_BY_PERSONS)


def _value(where: str, measure: Measure, value: object) -> Value:
    """As it is used. Raises `BadInput` where the box takes something else."""
    match value:
        case bool():
            pass
        case int() if measure in _NUMBERS and value > 0:
            return value
        case [_, *_] as rows if measure in _ROWS:
            sizes = tuple(each for each in rows if type(each) is int and each > 0)
            if len(sizes) == len(rows):
                return sizes
        case str(words) if measure in (Measure.WORDS, Measure.PHONE) and words.strip():
            if len(words) > LONGEST_FACT:
                raise BadInput(f"{where}:太长了({len(words)} 个字),最多 {LONGEST_FACT} 个字。")
            return words.strip()
    wanted = (
        "一个数,如 value = 8000" if measure in _NUMBERS
        else "1人、2人、3人……各一个数,如 value = [20000, 26000, 32000]" if measure in _ROWS
        else '带引号的话,如 value = "…"'
    )  # fmt: skip
    raise BadInput(f"{where}:{wanted}。")


def _unit(row: Mapping[str, Any]) -> Unit:
    known = _words_of(f"{OFFICES} 里的单位 {row.get('id', '?')}", Unit, row)
    if known["level"] not in list(Level):
        levels = "、".join(Level)
        raise BadInput(f"{OFFICES} 里的单位 {known['id']}:level 只能是 {levels}。")
    return Unit(**{**known, "level": Level(known["level"])})  # type: ignore[arg-type]  # one of ours


def _contact(row: Mapping[str, Any]) -> Contact:
    return Contact(**_words_of(f"{OFFICES} 里的电话 {row.get('number', '?')}", Contact, row))


def _words_of(where: str, kind: type, row: Mapping[str, Any]) -> dict[str, str]:
    """A row that is nothing but words. Raises `BadInput` for what is missing, strange, or no word."""
    known = {each.name: each.default is MISSING for each in fields(kind)}
    if strange := sorted(row.keys() - known.keys()):
        raise BadInput(f"{where}:不认识 {strange[0]} 这一项,看看名字是不是写错了。")
    if missing := [name for name, required in known.items() if required and name not in row]:
        raise BadInput(f"{where}:少了 {missing[0]}。")
    for name, value in row.items():
        if not isinstance(value, str):
            raise BadInput(f'{where}:{name} 要写成带引号的话,如 {name} = "…"。')
    return dict(row)


def rows_in(where: str, table: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The [[name]] of a table. Raises `BadInput` where something else stands under that name."""
    rows = table.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise BadInput(f"{where}:{name} 要写成一段一段的 [[{name}]]。")
    return [dict(row) for row in rows]


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield prefix + key, value


def digest(layers: Layers) -> str:
    """What the texts of both layers say, in 16 characters."""
    whole = sha256()
    for path in sorted(layers.folder.rglob("*.toml")):
        whole.update(path.read_bytes())
    for name, text in sorted(layers.own.items()):
        whole.update(f"\0{name}\0{text}".encode())
    return whole.hexdigest()[:16]


def calendar_text(layers: Layers) -> str:
    """The office's own table of days or, where it has none, the programme's. Raises `BadInput`."""
    if CALENDAR in layers.own:
        return layers.own[CALENDAR]
    try:
        return (layers.folder / CALENDAR).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"内容文件夹里少了 {CALENDAR}。") from None
    except UnicodeDecodeError:
        raise BadInput(f"{CALENDAR} 不是 UTF-8 编码,用编辑器另存为 UTF-8。") from None


def load_calendar(layers: Layers) -> WorkCalendar:
    """The working days. Raises `BadInput` naming file and line."""
    name = shown(CALENDAR) if CALENDAR in layers.own else CALENDAR
    return _calendar(name, calendar_text(layers))


def _calendar(name: str, text: str) -> WorkCalendar:
    """`date,kind,note` rows; the rows first and last say which years are official."""
    reader, rows = csv.DictReader(io.StringIO(text, newline="")), []
    try:
        for row in reader:
            rows.append((date.fromisoformat(row["date"]), row["kind"], row["note"]))
    except (ValueError, KeyError, TypeError, csv.Error):
        line = max(reader.line_num, 1)
        raise BadInput(
            f"{name} 第{line}行读不出来。每行写 日期,种类,说明,如 2026-10-01,holiday,国庆。"
        ) from None
    ends = {kind: day for day, kind, _ in rows if kind in ("first", "last")}
    if len(ends) < 2:
        raise BadInput(f"{name} 里要有 first 和 last 两行,写明哪些年份有正式安排。")
    days = [row for row in rows if row[1] not in ends]
    return WorkCalendar.from_rows(days, ends["first"], ends["last"])


def load_understanding(
    layers: Layers, content: Content, learned_here: Path | None = None
) -> Understanding:
    """`learned_here` is the folder of what was learned on this machine."""
    words = layers.theirs("triage.toml")
    try:
        learned = in_force(lessons(layers, content, words), learned_here)
        return Understanding.of(content, load_gazetteer(layers), words, learned)
    except KeyError as missing:
        raise BadInput(f"triage.toml 里少了 {missing.args[0]} 这一项。") from None
