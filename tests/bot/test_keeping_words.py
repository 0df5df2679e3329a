"""Her words are kept when she says yes to one question, without what tells who she is; else a mark."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import text

from bot.dialogues.keeping import CUT, blacked_out
from casework.judgements import KeptWords, Said
from casework.receipts import code_from, shown
from storage.judgements import asked_marks
from tests.bot.conftest import Villager, files_of
from tests.offices import CONTENT, UNDERSTANDING, TestOffice

TEXTS = CONTENT.texts
STRANGE = "火星上的人晌午吃啥饭"
ASKED = "俺家危房能补多少钱"
AMOUNT = "subsidy.amount"


async def kept(office: TestOffice) -> Sequence[KeptWords]:
    async with office.reading() as reading:
        return await reading.judgements.kept()


def on_disk(office: TestOffice) -> bytes:
    return b"".join(path.read_bytes() for path in files_of(office))


@pytest.mark.parametrize("yes", ["能", "中", "可以", "1", "愿意", "留吧"])
async def test_a_yes_keeps_what_had_no_answer(
    villager: Villager, small_office: TestOffice, yes: str
) -> None:
    await villager.says(STRANGE)
    assert TEXTS("keep.may") in await villager.says("找人问")

    assert TEXTS("keep.done") in await villager.says(yes)

    assert await kept(small_office) == [KeptWords(text=STRANGE, said=Said.UNANSWERED)]
    assert STRANGE.encode() not in on_disk(small_office)


async def test_a_yes_after_useless_keeps_both_her_lines_and_the_topic(
    villager: Villager, small_office: TestOffice
) -> None:
    for line in (ASKED, "没用", "不用了", "能"):
        await villager.says(line)

    assert await kept(small_office) == [
        KeptWords(text=ASKED, said=Said.USELESS, topic=AMOUNT)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said", ["不留", "不", "2", "不知道", "算了", "等等", "返回", "", "😭", "\0"]
)
async def test_nothing_but_a_yes_keeps_anything(
    villager: Villager, small_office: TestOffice, said: str
) -> None:
    await villager.says(STRANGE)
    await villager.says("不用了")

    await villager.says(said)

    assert await kept(small_office) == []


async def test_without_a_yes_no_word_of_hers_is_in_the_house_and_the_same_words_are_counted(
    villager: Villager, small_office: TestOffice
) -> None:
    for line in (
        STRANGE,
        "不用了",
        "不留",
        f"{STRANGE}啊",
        "找人问",
        "不留",
        ASKED,
        "没用",
        "算了",
    ):
        await villager.says(line)

    async with small_office.store.house.readers.connect() as connection:
        rows = (await connection.execute(asked_marks.select())).all()
    assert sorted((row.said, row.times) for row in rows) == [("unanswered", 2), ("useless", 1)]
    async with small_office.reading() as reading:
        assert await reading.judgements.unread() == (2, 2)
    everything = on_disk(small_office)
    for word in ("火星", "庄稼", "高产", "危房能补"):
        for spelling in ("utf-8", "utf-16-le", "gb18030"):
            assert word.encode(spelling) not in everything


async def test_the_talk_of_a_report_never_asks_for_her_words(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says(STRANGE)
    said = await villager.says("登记这件事")
    for line in (
        "村会计收了俺二百块鉴定费",
        "叶县",
        "今年",
        "对",
        "不要",
        "没有",
        "没有了",
        "提交",
    ):
        said += await villager.says(line)

    assert TEXTS("keep.may") not in said
    assert await kept(small_office) == []


async def test_who_asks_on_instead_of_saying_yes_is_answered(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says(STRANGE)
    await villager.says("不用了")

    assert "别处的例子" in await villager.says(ASKED)
    assert await kept(small_office) == []


async def test_what_cannot_be_read_again_is_asked_for_by_nobody(villager: Villager) -> None:
    await villager.says("😭😭?!")

    assert TEXTS("keep.may") not in await villager.says("不用了")


async def test_a_mark_that_is_lost_costs_her_no_answer(
    villager: Villager, small_office: TestOffice
) -> None:
    async with small_office.store.house.writer.begin() as connection:
        await connection.execute(text("DROP TABLE asked_marks"))

    assert TEXTS("ask.unsure") in await villager.says(STRANGE)


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("我叫王大栓,火星地能报不", "王大栓"),
        ("俺娘叫李二妮,火星地能报不", "李二妮"),
        ("打我手机13800001234,火星地能报不", "13800001234"),
        ("身份证41042319500101123X,火星地能报不", "41042319500101123"),
        ("座机0375 7654321,火星地能报不", "7654321"),
        ("卡号6222 0212 3456 7890 123,火星地能报不", "3456"),
        ("小号7654321,火星地能报不", "7654321"),
        ("幺三八零零零零幺二三四,火星地能报不", "幺三八"),
        (f"编号{shown(code_from(bytes(32)))},火星地能报不", shown(code_from(bytes(32)))[:5]),
    ],
)
def test_what_tells_who_she_is_is_blacked_out(words: str, gone: str) -> None:
    left = blacked_out(UNDERSTANDING, words)

    assert gone not in left
    assert "火星地能报不" in left


def test_a_sum_a_year_and_an_area_are_left_and_no_sign_that_is_not_seen() -> None:
    words = "2019年\0交了20000块,\r\n盖\u202e了120平"

    assert blacked_out(UNDERSTANDING, words) == "2019年 交了20000块,,盖 了120平"


@pytest.mark.parametrize("words", ["1" * 100_000, "1-" * 50_000, "我叫" * 30_000, "\0" * 100_000])
def test_a_hostile_text_is_blacked_out_in_its_time(words: str) -> None:
    assert len(blacked_out(UNDERSTANDING, words)) <= len(words)


def test_what_was_cut_is_seen_to_be_cut() -> None:
    assert blacked_out(UNDERSTANDING, "打7654321说火星") == f"打{CUT}说火星"
