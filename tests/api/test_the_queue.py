"""A queue for forty tickets: told apart by their first words, filtered, searched, given to somebody."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

import httpx
import pytest

from casework.actions.listing import FIRST_WORDS, search
from casework.offices import Role
from casework.queue import Tab, View
from casework.refusals import BadInput
from casework.reports import Accused
from casework.steps import Action
from tests.api.conftest import colleague, number_of_newest, signs_in
from tests.casework.desk import Desk
from tests.offices import CITY, COUNTY, LEAKING_ROOF, LUSHAN, PROVINCE, WITHHELD, TestOffice

WAWU = "410423106"


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="row"[^>]*>([^<]*)</a>', page)


def numbers(page: str) -> list[str]:
    return re.findall(r'class="row" href="/desk/tickets/(\w+)', page)


@pytest.fixture
async def forty(small_office: TestOffice) -> TestOffice:
    """Forty reports, each with words of its own, half of them taken on."""
    for n in range(40):
        await small_office.office.intake.file(
            replace(
                LEAKING_ROOF, text=f"第{n}家的房顶漏了,{'东西南北'[n % 4]}屋最厉害。", place=WAWU
            )
        )
        small_office.wait(minutes=3)
    return small_office


async def test_two_lines_tell_a_ticket_from_the_others(
    client: httpx.AsyncClient, forty: TestOffice
) -> None:
    await signs_in(client, forty, COUNTY)

    page = (await client.get("/desk?tab=new")).text

    assert titles(page)[:2] == ["第0家的房顶漏了,东屋最厉害。", "第1家的房顶漏了,西屋最厉害。"]
    assert "鲁山县瓦屋镇" in page
    assert "平顶山市鲁山县" not in page
    assert "还没分人" in page
    assert "今天到的" in page
    assert re.search(r"明天 \d\d:\d\d 前受理", page)
    assert len(gzip.compress(page.encode())) < 40_000


async def test_a_long_story_is_cut_and_markup_in_it_is_words(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    for text in ("<b>漏</b>\n\n雨  了" + "啊" * 200, "…"):
        await small_office.office.intake.file(replace(LEAKING_ROOF, text=text))
    await signs_in(client, small_office, COUNTY)

    page = (await client.get("/desk?tab=new")).text

    first = titles(page)[0]
    assert first.startswith("&lt;b&gt;漏&lt;/b&gt; 雨 了啊")
    assert first.endswith("啊…")
    assert len(first.replace("&lt;", "<").replace("&gt;", ">")) == FIRST_WORDS + 1


async def test_city_and_province_begin_with_the_counties(
    client: httpx.AsyncClient, forty: TestOffice
) -> None:
    forty.wait(days=2)
    await signs_in(client, forty, CITY)

    page = (await client.get("/desk")).text
    (way,) = set(re.findall(r'href="(/desk\?tab=overdue&amp;county=\d+)"', page))
    late = (await client.get(way.replace("&amp;", "&"))).text

    assert '<th scope="row">鲁山县</th>' in page
    assert len(numbers(late)) == 40
    await signs_in(client, forty, COUNTY)
    assert "各县情况" not in (await client.get("/desk")).text


async def test_an_empty_house_says_so(client: httpx.AsyncClient, small_office: TestOffice) -> None:
    for unit, sentence in ((PROVINCE, "还没有一件反映"), (COUNTY, "您的单位现在一件也没有")):
        await signs_in(client, small_office, unit)
        assert sentence in (await client.get("/desk")).text
    mine = await client.get("/desk?tab=working&scope=mine")
    assert "您手上现在一件也没有" in mine.text


async def test_the_view_stands_in_the_address_and_is_kept_from_page_to_page(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    for n in range(53):
        await small_office.office.intake.file(replace(LEAKING_ROOF, text=f"第{n}件"))
    await small_office.office.intake.file(WITHHELD)
    await signs_in(client, small_office, CITY)
    here = f"/desk?tab=new&scope=below&county={LUSHAN}&category=quality.leak&month=2026-11"

    first = (await client.get(here)).text
    following = re.findall(r'href="([^"]*)" rel="next"', first)[0].replace("&amp;", "&")
    second = (await client.get(following)).text

    assert (len(numbers(first)), len(numbers(second))) == (50, 3)
    assert "WITHHELD" not in first
    assert f'value="{LUSHAN}" selected' in second
    assert 'value="quality.leak" selected' in second
    assert 'value="2026-11"' in second
    assert "不筛了" in second


@pytest.mark.parametrize(
    "query",
    ["tab=nothing", "scope=all'--", "county=4104230", "county=abc", "category=../etc", "month=2026",
     "handler=<script>", "after=x~y", "after=K~2026-01-01", "month=2026-11%00"],
)  # fmt: skip
async def test_an_address_no_page_wrote_is_refused_in_a_sentence(
    client: httpx.AsyncClient, small_office: TestOffice, query: str
) -> None:
    token = await signs_in(client, small_office, COUNTY)

    page = await client.get(f"/desk?{query}")
    api = await client.get(f"/api/v1/tickets?{query}", headers={"authorization": f"Bearer {token}"})

    assert (page.status_code, api.status_code) == (422, 422)
    assert "500" not in page.text


async def test_one_after_the_other_without_the_list(
    client: httpx.AsyncClient, forty: TestOffice
) -> None:
    await signs_in(client, forty, COUNTY)
    page = (await client.get("/desk?tab=new")).text
    ways = [way.replace("&amp;", "&") for way in re.findall(r'class="row" href="([^"]*)"', page)]

    first = (await client.get(ways[0])).text
    middle = (await client.get(ways[1])).text
    last = (await client.get(ways[-1])).text

    def way(page: str, rel: str) -> list[str]:
        found = re.findall(rf'href="([^"]*)" rel="{rel}"', page)
        return [each.replace("&amp;", "&").partition("?")[0] for each in found]

    assert (way(first, "prev"), way(last, "next")) == ([], [])
    assert way(first, "next") == [ways[1].partition("?")[0]]
    assert way(middle, "prev") == [ways[0].partition("?")[0]]
    assert way(middle, "next") == [ways[2].partition("?")[0]]
    assert 'href="/desk?tab=new&amp;scope=all"' in middle


async def test_the_list_is_still_there_after_a_step(
    client: httpx.AsyncClient, forty: TestOffice
) -> None:
    await signs_in(client, forty, COUNTY)
    page = (await client.get("/desk?tab=new")).text
    ways = [way.replace("&amp;", "&") for way in re.findall(r'class="row" href="([^"]*)"', page)]
    shown = (await client.get(ways[4])).text
    (here,) = set(re.findall(r'name="here" value="([^"]*)"', shown))

    went = await client.post(
        ways[4].partition("?")[0] + "/accept", data={"here": here.replace("&amp;", "&")}
    )
    after = (await client.get(went.headers["location"])).text
    strange = await client.post(
        ways[5].partition("?")[0] + "/accept", data={"here": "x\r\nset-cookie: a=b"}
    )

    assert "已受理" in after
    assert ways[5].partition("?")[0] in re.findall(r'href="([^"?]*)[^"]*" rel="next"', after)
    assert strange.headers["location"].endswith("?done=accept")
    refused = await client.post(
        ways[6].partition("?")[0] + "/decline", data={"here": here.replace("&amp;", "&")}
    )
    assert refused.status_code == 409
    assert 'rel="next"' in refused.text


async def test_every_minute_a_line_of_its_own_says_whether_more_came(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, COUNTY)
    page = (await client.get("/desk?tab=new")).text
    (way,) = re.findall(r'hx-get="([^"]*)"', page)
    way = way.replace("&amp;", "&")

    before = await client.get(way)
    await small_office.office.intake.file(LEAKING_ROOF)
    after = await client.get(way)

    assert before.text.strip() == ""
    assert "多了 1 件要管的" in after.text
    assert "<title>(1) 待受理</title>" in after.text
    assert (await client.get("/desk/fresh?seen=-1")).status_code == 422


async def test_several_are_given_to_one_colleague_and_what_cannot_be_is_named(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    desk = Desk(small_office)
    numbered = []
    for _ in range(3):
        await desk.opens()
        numbered.append(desk.number)
        await desk.steps(*map_actions("accept dispatch sign"))
    await desk.opens()  # nobody has taken it on
    fresh = desk.number
    handler = await desk.colleague("承办人丁", COUNTY, Role.HANDLER)
    await signs_in_as(client, small_office, "承办人丙")
    page = (await client.get("/desk?tab=working")).text

    done = await client.post(
        "/desk/allot",
        data={"person": handler.id, "number": [*numbered, fresh], "here": "tab=working"},
    )
    after = (await client.get("/desk?tab=working")).text
    all_done = await client.post(
        "/desk/allot", data={"person": handler.id, "number": numbered[:2], "here": "tab=working"}
    )

    assert all_done.headers["location"] == "/desk?tab=working&given=2"
    assert "分好了 2 件" in (await client.get(all_done.headers["location"])).text
    assert page.count('type="checkbox"') == 3
    assert f'<option value="{handler.id}">承办人丁</option>' in page
    assert "分好了 3 件" in done.text
    assert "1 件没有分" in done.text
    assert f"{fresh}</code></a>:“待受理”的件不能“分给”。" in done.text
    assert 'href="/desk?tab=working"' in done.text
    assert after.count("承办人丁,") == 3


def map_actions(text: str) -> list[Action]:
    return [Action(each) for each in text.split()]


async def signs_in_as(client: httpx.AsyncClient, office: TestOffice, name: str) -> None:
    async with office.reading() as reading:
        (person,) = [each for each in await reading.people.all() if each.name == name]
    client.cookies.set("desk", await office.signs_in(person))


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({}, 422, "选几件"),
        ({"number": ["K7QD2M"], "person": "p-1"}, 200, "没有找到这件反映"),
        ({"number": [str(n) for n in range(51)], "person": "p-1"}, 422, "一次最多分 50 件"),
        ({"number": ["../../etc"], "person": "p-1"}, 422, "选几件"),
    ],
)
async def test_a_strange_choice_is_refused_in_a_sentence(
    client: httpx.AsyncClient, small_office: TestOffice,
    data: dict[str, object], status: int, sentence: str,
) -> None:  # fmt: skip
    await signs_in(client, small_office, COUNTY)

    answer = await client.post("/desk/allot", data=data)

    assert answer.status_code == status
    assert sentence in answer.text


@pytest.mark.parametrize("who", ["stranger", "of the city", "organiser", ""])
async def test_it_goes_to_nobody_who_may_not_work_on_it(
    client: httpx.AsyncClient, small_office: TestOffice, who: str
) -> None:
    desk = Desk(small_office)
    await desk.opens()
    await desk.steps(*map_actions("accept dispatch sign"))
    people = {"stranger": "p-none", "of the city": (await colleague(small_office, CITY)).id, "": ""}
    if who == "organiser":
        people[who] = (await small_office.hire("培训员", COUNTY, Role.ORGANISER)).id
    await signs_in_as(client, small_office, "承办人丙")

    answer = await client.post(f"/desk/tickets/{desk.number}/allot", data={"person": people[who]})

    assert answer.status_code == 409
    assert ("请选分给谁" if not who else "这件不能分给他") in answer.text
    assert (await desk.file()).ticket.handler != people[who]


async def test_nor_to_a_colleague_who_stays_away_from_it(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    desk = Desk(small_office)
    await desk.opens()
    await desk.steps(*map_actions("accept dispatch sign"))
    handler = await desk.colleague("承办人丁", COUNTY, Role.HANDLER)
    client.cookies.set("desk", await small_office.signs_in(handler))
    await client.post("/desk/recusals", data={"ticket": desk.number, "reason": "relative"})
    await signs_in_as(client, small_office, "承办人丙")

    answer = await client.post(f"/desk/tickets/{desk.number}/allot", data={"person": handler.id})

    assert "这件不能分给他" in answer.text
    assert "回避" not in answer.text.split('role="alert"')[1].split("</p>")[0]


# Looking for words


async def test_words_are_found_in_stories_names_and_numbers_and_stand_in_no_address(
    client: httpx.AsyncClient, forty: TestOffice
) -> None:
    await forty.office.intake.file(
        replace(WITHHELD, accused=(Accused(role="village_secretary", name="王某某"),))
    )
    await signs_in(client, forty, CITY)

    async def found(words: str) -> list[str]:
        answer = await client.post("/desk/search", data={"words": words})
        assert answer.status_code == 200
        return titles(answer.text)

    assert await found("第7家") == ["第7家的房顶漏了,北屋最厉害。"]
    assert await found("房顶 东屋") == [
        f"第{n}家的房顶漏了,东屋最厉害。" for n in range(36, -1, -4)
    ]
    assert len(await found("王某某")) == 1
    assert await found("没有这样的话") == []
    number = await number_of_newest(forty, CITY)
    assert len(await found(number.lower())) == 1
    page = (await client.get("/desk?tab=new")).text
    assert '<form method="post" action="/desk/search"' in page


@pytest.mark.parametrize("words", ["", " ", "漏", "漏 雨", "x" * 101])
async def test_nothing_to_look_for_is_said(
    client: httpx.AsyncClient, small_office: TestOffice, words: str
) -> None:
    await signs_in(client, small_office, COUNTY)

    assert (await client.post("/desk/search", data={"words": words})).status_code == 422


@pytest.mark.parametrize(
    "words", ["(((((((", ".*.*.*", "%_%", "'; drop", "１２", "\\\\", "漏" * 100]
)
async def test_words_are_words_and_no_pattern(
    client: httpx.AsyncClient, forty: TestOffice, words: str
) -> None:
    await signs_in(client, forty, COUNTY)

    answer = await client.post("/desk/search", data={"words": words})

    assert answer.status_code == 200
    # Full-width figures are figures: the twelfth house.
    assert len(titles(answer.text)) == (1 if words == "１２" else 0)


async def test_a_search_finds_nothing_for_whoever_stays_away(
    client: httpx.AsyncClient, forty: TestOffice
) -> None:
    await signs_in(client, forty, COUNTY)
    number = await number_of_newest(forty, COUNTY)
    before = titles((await client.post("/desk/search", data={"words": "第39家"})).text)
    await client.post("/desk/recusals", data={"ticket": number, "reason": "relative"})

    after = titles((await client.post("/desk/search", data={"words": "第39家"})).text)

    assert (len(before), after) == (1, [])


async def test_older_ones_are_left_out_and_that_is_said(forty: TestOffice) -> None:
    ring = await forty.keyring(await colleague(forty, COUNTY))

    found = await search(forty.office, ring, "房顶", View())

    assert (found.read, found.all_read, found.more) == (40, True, False)
    with pytest.raises(BadInput):
        await search(forty.office, ring, "房", View())


async def test_the_program_is_given_the_same_tabs(
    client: httpx.AsyncClient, forty: TestOffice
) -> None:
    token = await signs_in(client, forty, COUNTY)
    headers = {"authorization": f"Bearer {token}"}

    answer = (await client.get("/api/v1/tickets?scope=unit", headers=headers)).json()

    assert answer["counts"].keys() == {tab.value for tab in Tab}
    assert answer["counts"]["new"] == 40
    assert answer["tickets"][0]["deadline"].endswith("前受理")
