"""The action bar: what comes next stands large, the rest by what it is for, the grave ones last."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from api.pages.bar import bar
from casework.steps import BY_HAND, Action, Group
from casework.tickets import Kind, Status
from casework.tracks import Tracks
from tests.api.conftest import number_of_newest, signs_in
from tests.casework.test_who_may import TICKET
from tests.offices import CITY, CONTENT, COUNTY, LEAKING_ROOF, TestOffice

A, S = Action, Status
RULES, TEXTS = CONTENT.rules, CONTENT.steps


def drawn(status: Status, kind: Kind = Kind.QUALITY, **tracks: str) -> tuple[Action, ...]:
    """What stands large for somebody who may do everything the tables allow."""
    ticket = replace(TICKET, status=status, kind=kind, tracks=Tracks(**tracks))
    offered = [each for each in ticket.allowed() if each in BY_HAND]
    if kind is Kind.CLUE and tracks.get("draft") != "passed":
        offered.remove(A.REPLY)
    return tuple(form.action for form in bar(ticket, offered, RULES, TEXTS).usual)


@pytest.mark.parametrize(
    ("status", "kind", "tracks", "large"),
    [
        (S.RECEIVED, Kind.QUALITY, {}, (A.ACCEPT,)),
        (S.ACCEPTED, Kind.QUALITY, {}, (A.DISPATCH,)),
        (S.DISPATCHED, Kind.QUALITY, {}, (A.SIGN,)),
        (S.SIGNED, Kind.QUALITY, {}, (A.START,)),
        (S.IN_PROGRESS, Kind.QUALITY, {}, (A.REPLY,)),
        (S.IN_PROGRESS, Kind.CLUE, {}, (A.SUBMIT,)),
        (S.IN_PROGRESS, Kind.CLUE, {"draft": "submitted"}, (A.PASS, A.SEND_BACK)),
        (S.IN_PROGRESS, Kind.CLUE, {"draft": "passed"}, (A.REPLY, A.SUBMIT)),
        (S.IN_PROGRESS, Kind.QUALITY, {"extension": "requested"}, (A.REPLY, A.EXTEND)),
        (S.REPLIED, Kind.QUALITY, {}, (A.RESOLVE,)),
        (S.REPLIED, Kind.QUALITY, {"appeal": "review"}, (A.RESOLVE, A.REVIEW_KEEP)),
        (S.RESOLVED, Kind.QUALITY, {}, (A.FOLLOW_UP,)),
        (S.FOLLOWUP, Kind.QUALITY, {}, (A.CLOSE,)),
        (S.RECTIFYING, Kind.QUALITY, {}, (A.RECTIFIED,)),
        (S.REINSPECTION, Kind.QUALITY, {}, (A.REINSPECT_PASS, A.REINSPECT_FAIL)),
        (S.PARKED, Kind.QUALITY, {}, (A.UNPARK,)),
        (S.CLOSED, Kind.QUALITY, {}, (A.ARCHIVE,)),
        (S.ARCHIVED, Kind.QUALITY, {}, ()),
    ],
)
def test_what_comes_next_stands_large(
    status: Status, kind: Kind, tracks: dict[str, str], large: tuple[Action, ...]
) -> None:
    assert drawn(status, kind, **tracks) == large


@pytest.mark.parametrize("status", Status)
def test_everything_offered_stands_once_and_the_grave_ones_last_of_their_group(
    status: Status,
) -> None:
    ticket = replace(TICKET, status=status)
    offered = [each for each in ticket.allowed() if each in BY_HAND]

    made = bar(ticket, offered, RULES, TEXTS)

    shown = [form.action for form in made.usual]
    for group, forms in made.groups:
        grave = [form.action.card.grave for form in forms]
        assert forms
        assert grave == sorted(grave)
        assert all(form.action.card.group is group for form in forms)
        shown += [form.action for form in forms]
    assert sorted(shown) == sorted(offered)
    assert [group for group, _ in made.groups] == [
        each for each in Group if each in {group for group, _ in made.groups}
    ]


def test_nothing_offered_is_no_bar() -> None:
    assert not bar(TICKET, [], RULES, TEXTS)


async def test_a_refused_step_keeps_the_page_the_menu_and_everything_typed(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    await signs_in(client, small_office, COUNTY)
    number = await number_of_newest(small_office, COUNTY)
    for step in ("accept", "dispatch"):
        await client.post(f"/desk/tickets/{number}/{step}")

    refused = await client.post(
        f"/desk/tickets/{number}/return",
        data={"text": "这是水利上的事", "basis": "三定方案第二条", "to": ""},
    )

    assert refused.status_code == 409
    assert "请选交给哪个单位。" in refused.text
    assert "这是水利上的事</textarea>" in refused.text
    assert 'value="三定方案第二条"' in refused.text
    assert 'href="/desk/people"' in refused.text
    chosen = await client.post(
        f"/desk/tickets/{number}/return", data={"text": "", "basis": "第二条", "to": CITY}
    )
    assert f'value="{CITY}" selected' in chosen.text


async def test_a_reason_and_a_day_are_kept_too(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    await signs_in(client, small_office, COUNTY)
    number = await number_of_newest(small_office, COUNTY)
    code = CONTENT.rules.declines[0].code

    refused = await client.post(f"/desk/tickets/{number}/decline", data={"text": "", "code": code})

    assert f'value="{code}" selected' in refused.text
    assert "请先写:再说明几句。" in refused.text


async def test_a_clue_is_marked_only_after_a_second_look(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    await signs_in(client, small_office, COUNTY)
    number = await number_of_newest(small_office, COUNTY)

    page = (await client.get(f"/desk/tickets/{number}")).text

    _, _, after = page.partition('<summary role="button" class="grave outline">标记为问题线索')
    assert "标上就不能取消" in after.split("</details>")[0]


@pytest.mark.parametrize("step", ["add", "open", "file", "ask_review", "escalate", "batch"])
async def test_what_the_house_or_the_reporter_does_is_refused_to_hands(
    client: httpx.AsyncClient, small_office: TestOffice, step: str
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    await signs_in(client, small_office, COUNTY)
    number = await number_of_newest(small_office, COUNTY)

    refused = await client.post(f"/desk/tickets/{number}/{step}", data={"text": "话"})

    assert refused.status_code == 409
    assert "不能" in refused.text


@pytest.mark.parametrize("said", ["accept", "nonsense", "add", "", "x" * 20])
async def test_only_a_step_that_was_taken_is_said_to_be(
    client: httpx.AsyncClient, small_office: TestOffice, said: str
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    await signs_in(client, small_office, COUNTY)
    number = await number_of_newest(small_office, COUNTY)

    page = await client.get(f"/desk/tickets/{number}?done={said}")

    assert page.status_code == 200
    assert ('class="said"' in page.text) is (said == "accept")


def test_the_draft_that_was_passed_goes_out_without_words() -> None:
    clue = replace(TICKET, kind=Kind.CLUE, status=S.IN_PROGRESS, tracks=Tracks(draft="passed"))

    reply, submit = bar(clue, [A.REPLY, A.SUBMIT], RULES, TEXTS).usual

    assert (reply.fields, reply.as_passed, reply.folds) == ((), True, True)
    assert [field.name for field in submit.fields] == ["text"]
