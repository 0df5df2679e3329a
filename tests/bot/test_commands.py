"""Commands count as a whole message, wherever one is in a talk, and never inside a longer text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.reception import Reception
from casework.content import Standing
from tests.bot.conftest import Villager
from tests.offices import CALENDAR, CONTENT, LEAKING_ROOF, TestOffice, knowing

#: A way into each state a talk can be in, and the question that waits there.
STATES: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing yet": ((), ""),
    "menu": (("你好",), ""),
    "answer": (("俺家危房能补多少钱",), "这样说清楚了吗"),
    "not sure": (("天王盖地虎",), "这个我说不准"),
    "story": (("反映",), "出了啥事"),
    "place": (("反映", "村里收了俺3000"), "是哪个县"),
    "which place": (("反映", "村里收了俺3000", "平顶山市"), "是下面哪一个"),
    "when": (("反映", "村里收了俺3000", "鲁山县"), "大概啥时候"),
    "about": (("反映", "村里收了俺3000", "鲁山县", "去年"), "反映的是"),
    "who": (("反映", "有人收了俺3000", "鲁山县", "去年"), "反映的是谁"),
    "office": (("反映", "村里收了俺3000", "鲁山县", "去年", "对"), "要不要也交给纪委"),
    "close": (("反映", "村里收了俺3000", "鲁山县", "去年", "对", "要"), "走得近"),
    "photos": (("反映", "村里收了俺3000", "鲁山县", "去年", "对", "要", "没有"), "有照片"),
    "send": (
        ("反映", "村里收了俺3000", "鲁山县", "去年", "对", "要", "没有", "没有了"),
        "交上去吗",
    ),
    "identity": (("反映", "村里收了俺3000,我叫王大栓"), "会让人认出您"),
    "danger": (("房子要塌了,裂缝越来越大",), "还有人住吗"),
    "code": (("查进度",), "20位编号"),
    "phone number": (("培训",), "手机号"),
}
COMMANDS = {
    "取消": ("好,不弄了",), "算了": ("好,不弄了", "是不反映了"), "不弄了": ("好,不弄了", "是不反映了"),
    "人工": ("12345",), "打电话": ("12388",),
    "查进度": ("20位编号",), "帮助": ("说错了说“返回”",),
}  # fmt: skip


async def brought_to(state: str, reception: Reception) -> Villager:
    villager = Villager(reception)
    answer = ""
    for words in STATES[state][0]:
        answer = await villager.says(words)
    assert STATES[state][1] in answer
    return villager


@pytest.mark.parametrize("state", STATES)
async def test_every_command_works_in_every_state(state: str, reception: Reception) -> None:
    for command, answers in COMMANDS.items():
        villager = await brought_to(state, reception)

        said = await villager.says(command)
        assert any(answer in said for answer in answers), command

        await villager.says("取消")


@pytest.mark.parametrize("state", [s for s, (_, question) in STATES.items() if question])
async def test_asking_for_a_person_does_not_lose_the_question(
    state: str, reception: Reception
) -> None:
    villager = await brought_to(state, reception)

    answer = await villager.says("人工")

    assert "12345" in answer
    assert STATES[state][1] in answer


@pytest.mark.parametrize("state", STATES)
async def test_nonsense_never_ends_a_talk(state: str, reception: Reception) -> None:
    villager = await brought_to(state, reception)

    for nonsense in ("🐷🐷🐷", "\x00\x07", "<b>&amp;</b>"):
        assert await villager.says(nonsense)

    assert "不弄了" in await villager.says("取消")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("反映", "村里收了俺3000"), "出了啥事"),
        (("反映", "村里收了俺3000", "鲁山县"), "是哪个县"),
        (("反映", "村里收了俺3000", "鲁山县", "去年"), "大概啥时候"),
        (("反映", "村里收了俺3000", "鲁山县", "去年", "对", "要"), "要不要也交给纪委"),
        (("反映", "有人收了俺3000", "鲁山县", "去年", "市里、省里的", "2"), "市里的,还是省里的"),
    ],
)
async def test_返回_asks_the_last_question_again(
    before: tuple[str, ...], after: str, villager: Villager
) -> None:
    for words in before:
        await villager.says(words)

    assert after in await villager.says("返回")


async def test_重来_begins_the_talk_again(villager: Villager) -> None:
    for words in ("反映", "村里收了俺3000", "鲁山县", "去年"):
        await villager.says(words)

    assert "出了啥事" in await villager.says("重来")


@pytest.mark.parametrize(
    "story",
    ["俺去找人工队盖的房", "村长叫俺取消低保", "打电话给乡里没人接", "说好的返回保证金不给俺"],
)
async def test_a_command_inside_a_story_is_part_of_the_story(
    story: str, villager: Villager
) -> None:
    await villager.says("反映")

    assert "是哪个县" in await villager.says(story)


@pytest.mark.parametrize("choice", ["4", "4", "4.", " 4 ", "去年", "去年。"])
async def test_digits_full_width_digits_and_words_choose_alike(
    choice: str, villager: Villager
) -> None:
    for words in ("反映", "村里收了俺3000", "鲁山县", choice, "对", "不要", "没有"):
        await villager.says(words)

    assert "时间:去年" in await villager.says("没有了")


@pytest.mark.parametrize("typed", ["反回", "退回", "上一步", "返回。", " 返回 "])
async def test_common_misspellings_of_返回_are_understood(typed: str, villager: Villager) -> None:
    await villager.says("反映")
    await villager.says("村里收了俺3000")

    assert "出了啥事" in await villager.says(typed)


async def test_the_second_miss_offers_a_person(villager: Villager) -> None:
    for words in ("反映", "村里收了俺3000", "鲁山县", "去年"):
        await villager.says(words)

    first, second = await villager.says("哦"), await villager.says("啥")

    assert "没看明白" in first
    assert "人工" not in first
    assert "回“人工”" in second
    assert "反映的是" in second


async def test_a_code_anywhere_in_a_first_message_opens_its_mailbox(
    villager: Villager, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    answer = await villager.says(f"俺的编号{receipt.code}办到哪了")

    assert "您的反映还在" in answer
    assert LEAKING_ROOF.text not in answer
    assert "再发一次编号" in await villager.says("看我写的话")
    assert LEAKING_ROOF.text in await villager.says(receipt.code)


@pytest.mark.parametrize(
    "steps",
    [
        ("{code}",), ("俺的编号{code}办到哪了",), ("查进度", "{code}"), ("查进度", "1234", "{code}"),
        ("{code}", "看我写的话", "{code}"), ("{code}", "看我写的话", "{code}", "补充几句"),
    ],
)  # fmt: skip
async def test_no_code_and_no_word_of_hers_is_part_of_the_talk(
    villager: Villager, small_office: TestOffice, steps: tuple[str, ...]
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    for words in steps:
        await villager.says(words.format(code=receipt.code))
        async with small_office.reading() as reading:
            talk = await reading.talks.load(villager.channel, villager.caller)
        kept = repr(talk)
        assert receipt.code not in kept
        assert LEAKING_ROOF.text not in kept


async def test_a_wrong_code_asked_for_again_shows_nothing(
    villager: Villager, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    await villager.says(receipt.code)
    await villager.says("看我写的话")

    answer = await villager.says("1234")

    assert "编号一共20位数字" in answer
    assert LEAKING_ROOF.text not in answer
    assert "看我写的话" in answer


async def test_a_wrong_code_gets_the_uniform_answer(villager: Villager) -> None:
    from casework.receipts import code_from

    await villager.says("查进度")

    answer = await villager.says(code_from(bytes(range(16))))

    assert "没有查到这个编号" in answer


async def test_a_talk_goes_on_when_the_content_is_changed_in_the_middle(
    small_office: TestOffice,
) -> None:
    """Somebody at the office corrects a phone number; what she has told is not asked again."""
    content = replace(CONTENT, version="another")
    changed = replace(small_office.office, in_force=lambda: Standing(content, CALENDAR))
    before = Villager(Reception(small_office.office, knowing))
    await before.says("反映")
    await before.says("村里收了俺3000")
    after = Villager(Reception(changed, knowing), said=before.said)

    assert "啥时候" in await after.says("鲁山县")
