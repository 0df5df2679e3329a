"""A report left half way and taken up again hours later."""

from __future__ import annotations

from bot.reception import Reception
from tests.bot.conftest import A_PHOTO, Villager
from tests.offices import TestOffice

HALF = ("反映", "村里收了俺3000")


async def left_half_way(reception: Reception, office: TestOffice, *, hours: int) -> Villager:
    villager = Villager(reception)
    for words in HALF:
        await villager.says(words)
    office.wait(hours=hours)
    return villager


async def test_after_hours_she_is_asked_before_words_count_as_an_answer(
    reception: Reception, small_office: TestOffice
) -> None:
    villager = await left_half_way(reception, small_office, hours=5)

    answer = await villager.says("鲁山县")

    assert "上次说到一半" in answer
    assert "1 接着说\n2 重来" in answer


async def test_going_on_takes_what_she_said_meanwhile_as_the_answer(
    reception: Reception, small_office: TestOffice
) -> None:
    villager = await left_half_way(reception, small_office, hours=5)
    await villager.says("鲁山县")

    assert "大概啥时候" in await villager.says("1")


async def test_starting_anew_asks_the_first_question_again(
    reception: Reception, small_office: TestOffice
) -> None:
    villager = await left_half_way(reception, small_office, hours=5)
    await villager.says("鲁山县")

    assert "出了啥事" in await villager.says("2")


async def test_nonsense_there_ends_nothing(reception: Reception, small_office: TestOffice) -> None:
    villager = await left_half_way(reception, small_office, hours=5)
    await villager.says("鲁山县")
    await villager.says("啊啊啊")

    assert "上次说到一半" in await villager.says("?????")
    assert "不弄了" in await villager.says("取消")


async def test_danger_comes_before_the_question_whether_to_go_on(
    reception: Reception, small_office: TestOffice
) -> None:
    villager = await left_half_way(reception, small_office, hours=5)

    assert "119" in await villager.says("俺家墙要塌了,屋里还有人")


async def test_a_photo_goes_on_without_asking(
    reception: Reception, small_office: TestOffice
) -> None:
    villager = await left_half_way(reception, small_office, hours=5)

    assert "上次说到一半" not in await villager.shows(A_PHOTO)


async def test_a_short_silence_is_not_asked_about(
    reception: Reception, small_office: TestOffice
) -> None:
    villager = await left_half_way(reception, small_office, hours=2)

    assert "大概啥时候" in await villager.says("鲁山县")
