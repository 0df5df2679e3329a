"""The engine of every talk: it replays what is known and stops at the first thing that is not."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from bot.talk import Ask, Look, Say, choose, resume, words

COLOURS = (("red", "红"), ("green", "绿"))


async def small_talk() -> str:
    await Say("您好")
    colour = await choose("colour", "啥颜色?", COLOURS)
    await Say(f"{colour},记下了")
    why = await words("why", "为啥?")
    seen = await Look("mailbox", why)
    await Say("好了")
    return f"{colour} {why} {seen}"


def test_a_new_talk_says_and_then_asks() -> None:
    turn = resume(small_talk(), {})

    assert turn.says == ("您好",)
    assert turn.waits_for == Ask("colour", "啥颜色?", COLOURS, free=False)
    assert not turn.finished


def test_what_was_said_on_an_earlier_turn_is_not_said_again() -> None:
    turn = resume(small_talk(), {"colour": "red"})

    assert turn.says == ("red,记下了",)
    assert turn.waits_for == Ask("why", "为啥?")
    assert turn.used == ("colour",)


def test_a_look_up_is_waited_for_and_then_replayed() -> None:
    known = {"colour": "red", "why": "喜庆"}

    waiting = resume(small_talk(), known)
    done = resume(small_talk(), {**known, "look mailbox 喜庆": "信"})

    assert waiting.waits_for == Look("mailbox", "喜庆")
    assert done.outcome == "red 喜庆 信"
    assert (done.says, done.used, done.finished) == (
        ("好了",),
        ("colour", "why", "look mailbox 喜庆"),
        True,
    )


def test_an_answer_that_no_longer_fits_is_asked_again() -> None:
    turn = resume(small_talk(), {"colour": "red", "a question of old": "x"})

    assert turn.waits_for == Ask("why", "为啥?")
    assert turn.used == ("colour",)


def test_the_same_answers_always_lead_to_the_same_turn() -> None:
    known = {"colour": "green"}

    assert resume(small_talk(), known) == resume(small_talk(), known)


async def awaits_something_else() -> None:
    class Stranger:
        def __await__(self) -> Generator[object, None, None]:
            yield object()

    await Stranger()


def test_a_dialogue_that_awaits_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match="only say, ask and look"):
        resume(awaits_something_else(), {})


async def says_nothing() -> None:
    return None


def test_a_talk_without_a_question_ends_at_once() -> None:
    turn = resume(says_nothing(), {"left": "over"})

    assert (turn.finished, turn.outcome, turn.used) == (True, None, ())


def test_an_answer_that_is_offered_no_more_is_asked_again() -> None:
    turn = resume(small_talk(), {"colour": "blue"})

    assert turn.waits_for == Ask("colour", "啥颜色?", COLOURS, free=False)


async def asks_twice() -> str:
    return " ".join([await words("why", "为啥?"), await words("why", "还有呢?")])


def test_a_question_that_comes_again_has_an_answer_of_its_own() -> None:
    second = resume(asks_twice(), {"why": "喜庆"})

    assert (second.waits_for, second.key) == (Ask("why", "还有呢?"), "why#2")
    assert resume(asks_twice(), {"why": "喜庆", "why#2": "好看"}).outcome == "喜庆 好看"


async def asks_more_of_red() -> str:
    if await choose("red", "红不红?", (("yes", "是"), ("no", "不是"))) == "yes":
        return await words("more", "多红?")
    return await words("why", "为啥?")


def test_an_answer_is_known_by_its_question_and_waits_for_it() -> None:
    """What she told later may bring another question first: nothing she answered is asked again."""
    known = {"why": "喜庆", "colour": "red"}

    assert resume(small_talk(), known).waits_for == Look("mailbox", "喜庆")
    assert resume(asks_more_of_red(), {"why": "喜庆", "red": "no"}).outcome == "喜庆"
