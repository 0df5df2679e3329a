"""Values as people read them: rows of a queue, clocks, counties; and the templates that hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.front import Front, front_at, writes_answers
from api.security import is_for_staff
from casework.actions.listing import Line
from casework.content import Content
from casework.deadlines import Clock, WorkCalendar, left, light, next_due
from casework.offices import Unit
from casework.ports import Keyring
from casework.refusals import BadInput
from casework.shelves import Key, Listed, Sees
from casework.staff import MAY, Verb
from casework.tickets import Kind, Ticket
from casework.workdays import SHANGHAI, before, counts_to, day_of
from papers.pages import VILLAGER, templates

HERE = Path(__file__).parent

LIGHTS = {"green": "正常", "yellow": "快到期", "red": "超期", "none": "没有期限"}


@dataclass(frozen=True, kw_only=True)
class Timer:
    """One clock in words."""

    label: str
    words: str
    light: str
    why: str
    running: bool

    @property
    def light_label(self) -> str:
        return LIGHTS[self.light]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a queue."""

    number: str
    place: str
    category: str
    kind: str
    status: str
    deadline: str
    light: str
    clue: bool
    words: str = ""  # how the story begins
    who: str = ""  # who works on it, or which unit has it
    since: str = ""  # how long they have it
    key: str = ""  # where it stands in its list
    marks: tuple[str, ...] = ()

    @property
    def light_label(self) -> str:
        return LIGHTS[self.light]


def county_name(code: str, content: Content) -> str:
    """The county as its bureau is called, without the word bureau."""
    unit = content.organisation.county_unit(code)
    if unit is None:
        return code or "没说哪个县"
    return place_of(unit)


def place_of(unit: Unit) -> str:
    """Where a bureau is, from its name."""
    return re.split(r"住建局|[((]", unit.name)[0] or unit.name


def unit_name(unit: str, content: Content) -> str:
    return content.organisation[unit].name if unit in content.organisation else unit


def category_label(ticket: Ticket, content: Content) -> str:
    return content.categories.get(ticket.category, "其他")


def row(ticket: Ticket, front: Front) -> Row:
    """A ticket by itself."""
    now, calendar = front.now(), front.office.calendar
    clock = next_due(ticket.clocks)
    if not ticket.is_open and not ticket.tracks.appeals:
        clock = None
    end = _practical(clock.due, ticket, calendar) if clock else None
    return Row(
        number=ticket.number,
        place=county_name(ticket.county, front.content),
        category=category_label(ticket, front.content),
        kind=ticket.kind.label,
        status=ticket.status.label,
        deadline=before(now, end, clock.label) if clock and end else _standing_still(ticket),
        light=light(now, clock.started, end) if clock and end else "none",
        clue=ticket.to_discipline,
    )


def _standing_still(ticket: Ticket) -> str:
    return "停着表" if ticket.is_open else ""


def line_row(line: Line, front: Front, unit: str) -> Row:
    """A line of a list: two lines that tell it from the others. `unit` is the reader's own."""
    listed, ticket = line.listed, line.listed.ticket
    marks = (
        ("督办", listed.urged),
        ("有语音", listed.voice),
        ("反映人要求撤回", ticket.tracks.withdrawn),
    )
    holder = "还没分人" if ticket.owner == unit else unit_name(ticket.owner, front.content)
    return replace(
        row(ticket, front),
        place=_village(line, front),
        words=line.words or _without_words(listed),
        who=listed.handler or holder,
        since=for_days(listed.since, front.now()) if ticket.is_open else "",
        key=key_to_text(listed.turn),
        marks=tuple(label for label, there in marks if there),
    )


def _village(line: Line, front: Front) -> str:
    """Her village as far as she named it; from the county down, for those who know where that is."""
    county = county_name(line.listed.ticket.county, front.content)
    code, gazetteer = str(line.facts.get("place_code") or ""), front.understanding.gazetteer
    whole = gazetteer.full_name(code) if code in gazetteer else ""
    return whole[whole.index(county) :] if county in whole else county


def _without_words(listed: Listed) -> str:
    if listed.file.sees is Sees.TASK:
        return "上级交办的事"
    if not listed.file.fields:
        return "打不开内容"
    return "只发了录音" if listed.voice else "没有写字,看附件"


def _practical(end: datetime, ticket: Ticket, calendar: WorkCalendar) -> datetime:
    """What is urgent counts by the hour; the rest by the hours people work."""
    return end if ticket.kind is Kind.URGENT else counts_to(end, calendar)


def for_days(since: datetime, now: datetime) -> str:
    """How long it lies there: 今天到的, 第3天."""
    days = (day_of(now) - day_of(since)).days
    return "今天到的" if days <= 0 else f"在手第 {days + 1} 天"


def timer(clock: Clock, front: Front) -> Timer:
    now = front.now()
    if clock.stopped:
        late = clock.stopped > clock.due
        words = f"{moment(clock.stopped)} 做完了{',晚了' if late else ''}"
        colour = "red" if late else "green"
    elif clock.frozen:
        words, colour = f"{moment(clock.frozen)} 起停表,等反映人补充或者挂账", "none"
    else:
        words = left(now, clock.due, front.office.calendar)
        colour = light(now, clock.started, clock.due)
    return Timer(
        label=clock.label, words=words, light=colour, why=clock.why, running=clock.stopped is None
    )


def moment(at: datetime) -> str:
    """2019年4月30日 17:30, as clocks on the wall show it."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def month_and_day(at: datetime) -> str:
    """11月3日."""
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日"


def hour(at: datetime) -> str:
    """17:30."""
    return f"{at.astimezone(SHANGHAI):%H:%M}"


def key_to_text(key: Key) -> str:
    return f"{key.number}~{key.turn}"


def key_from_text(text: str) -> Key | None:
    """Where the next page starts; '' is the first page."""
    if not text:
        return None
    number, _, turn = text.partition("~")
    try:
        aware = datetime.fromisoformat(turn).tzinfo is not None
    except ValueError:
        aware = False
    if not (aware and number.isascii() and number.isalnum()):
        raise BadInput("这个翻页地址不对,请从第一页重新翻。")
    return Key(turn=turn, number=number)


TEMPLATES = templates(HERE / "templates")
VILLAGERS = templates(HERE / "templates" / "public", VILLAGER)
TEMPLATES.filters["moment"] = moment
TEMPLATES.filters["hour"] = hour
TEMPLATES.filters["day"] = month_and_day


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    ring: Keyring | None = None,
    **values: object,
) -> HTMLResponse:
    """A page with what every page shows: who is signed in, and whether this is the demo."""
    front = front_at(request)
    whole: dict[str, object] = {
        "demo": front.demo,
        "texts": front.content.texts,
        "path": request.url.path,
        "person": ring.person if ring else None,
        "unit": unit_name(ring.person.unit, front.content) if ring else "",
        "may": places_for(front, ring) if ring else (),
        **values,
    }
    text = TEMPLATES.get_template(template).render(whole)
    return HTMLResponse(text, status, headers)


def places_for(front: Front, ring: Keyring) -> tuple[tuple[str, str], ...]:
    """The desk's menu, only with what this person may open."""
    person = ring.person
    cases = person.may_read_cases()
    places = [("/desk", "办件")] if cases else []
    if cases and person.unit == front.content.organisation.province.id:
        places.append(("/desk/batches", "每月移交"))
    if writes_answers(front, ring):
        places.append(("/desk/answers", "答得好不好"))
    if "organiser" in person.roles:
        places.append(("/desk/craftsmen", "工匠培训"))
    places.append(("/desk/counties", "县里的数"))
    if person.unit in front.content.organisation and cases:
        places.append(("/desk/roster", "值班"))
    places.append(("/desk/people", "同事"))
    if person.roles & MAY[Verb.INVITE]:
        places.append(("/desk/organisation", "组织"))
    return (*places, ("/desk/help", "帮助"))


def villager_page(
    front: Front,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    again: str = "",
    **values: object,
) -> HTMLResponse:
    """A page in the villager's look. `again` is the address that shows the same page once more."""
    return HTMLResponse(_drawn(front, template, again=again, **values), status, headers)


def _drawn(front: Front, template: str, **values: object) -> str:
    whole = {"demo": front.demo, "texts": front.content.texts, **values}
    return VILLAGERS.get_template(template).render(whole)


def refusal_page(front: Front, path: str, *, sentence: str, told: str) -> str:
    """A refusal for people: `sentence` as staff read it, `told` as a villager does."""
    if is_for_staff(path):
        values = {"sentence": sentence, "path": path, "demo": front.demo}
        return TEMPLATES.get_template("refused.html").render(values)
    return _drawn(front, "refused.html", sentence=told, again="/")
