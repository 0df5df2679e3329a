"""有用 and 没用 on an answer's page: no script, no cookie, once for a page."""

from __future__ import annotations

import re
from datetime import date

import httpx
import pytest
from sqlalchemy import text

from casework.judgements import KeptWords, Said, Tallies, Tally
from storage.judgements import judgements
from tests.bot.conftest import files_of
from tests.offices import CONTENT, LUSHAN, TestOffice

ASKED = "俺家危房能补多少钱"
AMOUNT = "subsidy.amount"


async def counted(office: TestOffice) -> Tallies:
    async with office.reading() as reading:
        return await reading.judgements.since(date.min)


def judging(page: str) -> dict[str, str]:
    """The hidden fields of the form with the two buttons."""
    form = re.search(r'<form method="post" action="/helped[^"]*".*?</form>', page, re.S)
    assert form, page
    assert len(re.findall(r'<button[^>]* name="said"', form[0])) == 2
    return hidden(form[0])


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


@pytest.mark.parametrize("said", ["useful", "useless"])
async def test_one_press_counts_once_however_often_it_is_sent(
    phone: httpx.AsyncClient, small_office: TestOffice, said: str
) -> None:
    fields = judging((await phone.post("/ask", data={"q": ASKED})).text)

    pages = [await phone.post("/helped", data={**fields, "said": said}) for _ in range(3)]
    await phone.post("/helped", data={**fields, "said": "useful"})

    assert {page.status_code for page in pages} == {200}
    assert not any(page.cookies for page in pages)
    assert await counted(small_office) == Tallies(topics=(Tally(topic=AMOUNT, **{said: 1}),))


async def test_who_found_it_useful_is_thanked_and_still_sees_the_answer(
    phone: httpx.AsyncClient,
) -> None:
    fields = judging((await phone.get(f"/t/{AMOUNT}?county={LUSHAN}")).text)

    page = (await phone.post("/helped", data={**fields, "said": "useful"})).text

    assert CONTENT.texts("ask.thanks") in page
    assert "C级修房" in page
    assert 'action="/helped' not in page


async def useless(phone: httpx.AsyncClient, asked: str = ASKED) -> str:
    fields = judging((await phone.post("/ask", data={"q": asked})).text)
    return (await phone.post("/helped", data={**fields, "said": "useless"})).text


async def test_after_useless_she_is_asked_what_was_not_clear_and_her_question_goes_along(
    phone: httpx.AsyncClient,
) -> None:
    page = await useless(phone, f"鲁山县{ASKED}")

    assert CONTENT.texts("unclear.page") in page
    assert f'name="story" value="鲁山县{ASKED}"' in page
    assert f'name="before" value="鲁山县{ASKED}"' in page
    assert page.index('href="tel:0375-0000423"') < page.index('href="tel:12345"')
    assert CONTENT.texts("home.often") not in page


async def test_more_words_are_understood_together_with_the_first(phone: httpx.AsyncClient) -> None:
    fields = hidden(await useless(phone))

    page = (await phone.post("/ask", data={**fields, "q": "俺是鲁山县的"})).text

    assert "C级修房" in page
    assert judging(page)["asked"] == f"{ASKED}\n俺是鲁山县的"


async def test_where_there_is_still_no_answer_both_go_along_to_the_report(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    fields = hidden(await useless(phone))

    page = (await phone.post("/ask", data={**fields, "q": "补多少钱"})).text

    assert CONTENT.texts("page.answer.unsure") in page
    assert f'name="story" value="{ASKED}\n补多少钱"' in page
    assert (await counted(small_office)).unanswered == 1


async def test_danger_after_useless_comes_first(phone: httpx.AsyncClient) -> None:
    fields = hidden(await useless(phone))

    page = (await phone.post("/ask", data={**fields, "q": "墙要倒了快塌了,俺娘还在里头"})).text

    assert "人先出来" in page


@pytest.mark.parametrize(
    "forged", [{"before": "长" * 6_000}, {"before": "\0", "useless": "no.such"}, {"useless": "<b>"}]
)
async def test_forged_fields_of_what_came_before_stop_nobody(
    phone: httpx.AsyncClient, forged: dict[str, str]
) -> None:
    page = await phone.post("/ask", data={"q": ASKED, **forged})

    assert page.status_code == (422 if len(forged.get("before", "")) > 5_000 else 200)
    assert "<b>" not in page.text


async def test_none_of_those_offered_is_a_question_without_an_answer(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    page = (await phone.post("/ask", data={"q": "五千块"})).text
    form = re.search(r'<form method="post" action="/ask[^"]*">.*?name="none".*?</form>', page, re.S)
    assert form
    assert await counted(small_office) == Tallies()

    page = (await phone.post("/ask", data=hidden(form[0]))).text

    assert CONTENT.texts("page.answer.unsure") in page
    assert await counted(small_office) == Tallies(unanswered=1)


async def test_it_is_counted_for_the_county_and_a_forged_one_is_none(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    for county in (LUSHAN, "410423' --", "999999", "<b>", "4104"):
        fields = {"slug": AMOUNT, "county": county, "said": "useless"}
        assert (await phone.post("/helped", data=fields)).status_code == 200

    async with small_office.store.house.readers.connect() as connection:
        rows = (await connection.execute(judgements.select())).all()
    assert {row.county: row.times for row in rows} == {LUSHAN: 1, "": 4}


@pytest.mark.parametrize(
    "forged",
    [
        {"slug": "no.such"}, {"slug": "\0"}, {"slug": ""}, {"said": "unanswered"}, {"said": ""},
        {"said": "<script>"},
    ],
)  # fmt: skip
async def test_what_no_page_of_ours_sends_is_not_counted(
    phone: httpx.AsyncClient, small_office: TestOffice, forged: dict[str, str]
) -> None:
    page = await phone.post("/helped", data={"slug": AMOUNT, "said": "useful", **forged})

    assert page.status_code == 404
    assert await counted(small_office) == Tallies()


@pytest.mark.parametrize(
    "asked", ["", "\0\0", "<script>alert(1)</script>{{ 4321*8765 }}", "\ud83d", "😭"]
)
async def test_whatever_stands_in_the_field_of_her_question_stops_nobody(
    phone: httpx.AsyncClient, asked: str
) -> None:
    sent = asked.encode("utf-8", "surrogatepass").decode("utf-8", "replace")

    page = await phone.post("/helped", data={"slug": AMOUNT, "said": "useless", "asked": sent})

    assert page.status_code == 200
    assert "<script" not in page.text
    assert str(4321 * 8765) not in page.text


@pytest.mark.parametrize(("letters", "status"), [(6_000, 422), (100_000, 413)])
async def test_too_long_a_question_is_refused_in_a_sentence_and_not_counted(
    phone: httpx.AsyncClient, small_office: TestOffice, letters: int, status: int
) -> None:
    sent = {"slug": AMOUNT, "said": "useless", "asked": "长" * letters}

    page = await phone.post("/helped", data=sent)

    assert page.status_code == status
    assert await counted(small_office) == Tallies()


async def test_a_question_without_an_answer_is_counted_once_for_its_page(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    token = hidden((await phone.get("/")).text)["token"]

    for _ in range(2):
        await phone.post("/ask", data={"q": "火星上的人晌午吃啥饭", "token": token})
    await phone.post("/ask", data={"q": ""})

    assert (await counted(small_office)).unanswered == 1
    kept = b"".join(path.read_bytes() for path in files_of(small_office))
    assert "火星".encode() not in kept


async def test_a_count_that_is_lost_costs_her_no_page(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    async with small_office.store.house.writer.begin() as connection:
        await connection.execute(text("DROP TABLE judgements"))

    asked = await phone.post("/ask", data={"q": "火星上的人晌午吃啥饭"})
    said = await phone.post("/helped", data={"slug": AMOUNT, "said": "useful"})

    assert (asked.status_code, said.status_code) == (200, 200)


# Keeping her words

STRANGE = "火星上的人晌午吃啥饭"


def keeping(page: str) -> dict[str, str]:
    form = re.search(r'<form method="post" action="/keep[^"]*".*?</form>', page, re.S)
    assert form, page
    return hidden(form[0])


async def kept(office: TestOffice) -> list[KeptWords]:
    async with office.reading() as reading:
        return list(await reading.judgements.kept())


async def test_one_press_keeps_her_words_once_without_her_name(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    page = (await phone.post("/ask", data={"q": f"我叫王大栓,{STRANGE}"})).text
    before = await kept(small_office)

    pages = [await phone.post("/keep", data=keeping(page)) for _ in range(2)]

    assert before == []
    assert CONTENT.texts("keep.may") in page
    assert all(CONTENT.texts("keep.done") in each.text for each in pages)
    assert 'action="/keep' not in pages[0].text
    assert not pages[0].cookies
    (words,) = await kept(small_office)
    assert words.text.endswith(STRANGE)
    assert "王大栓" not in words.text
    everything = b"".join(path.read_bytes() for path in files_of(small_office))
    assert not any(word.encode() in everything for word in ("王大栓", "火星", "庄稼"))


async def test_after_useless_they_are_kept_with_the_topic(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await phone.post("/keep", data=keeping(await useless(phone)))

    assert await kept(small_office) == [KeptWords(text=ASKED, said=Said.USELESS, topic=AMOUNT)]


@pytest.mark.parametrize("path", [f"/t/{AMOUNT}", "/"])
async def test_where_no_words_of_hers_stand_none_are_asked_for(
    phone: httpx.AsyncClient, path: str
) -> None:
    page = (await phone.get(path)).text
    if path != "/":
        page = (await phone.post("/helped", data={**judging(page), "said": "useless"})).text

    assert 'action="/keep' not in page


@pytest.mark.parametrize(
    "asked",
    [
        "", "\0", "😭", CONTENT.topics[AMOUNT].question,
        "村支书收了俺三千块手续费,没给条", "墙要倒了快塌了,俺娘还在里头", "支书知道是我举报的了,说要找人打俺",
    ],
)  # fmt: skip
async def test_no_report_no_threat_and_nothing_without_words_is_kept(
    phone: httpx.AsyncClient, small_office: TestOffice, asked: str
) -> None:
    page = await phone.post("/keep", data={"asked": asked})

    assert page.status_code == 200
    assert await kept(small_office) == []


async def test_forged_fields_keep_no_more_than_words(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    forged = {"asked": f"<script>{STRANGE}", "topic": "no.such", "county": "<b>"}

    page = await phone.post("/keep", data=forged)
    long = await phone.post("/keep", data={"asked": "长" * 6_000})

    assert "<script" not in page.text
    assert long.status_code == 422
    assert await kept(small_office) == [
        KeptWords(text=f"<script>{STRANGE}", said=Said.UNANSWERED)
    ]  # fmt: skip
