"""A question of policy: an answer with its source, up to three choices, or the honest refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.dialogues import plain_words as plain
from bot.dialogues.choices import (
    ASK,
    DANGER,
    DONE,
    HUMAN,
    NO,
    NONE,
    REPORT,
    THREAT,
    USEFUL,
    USELESS,
    YES,
)
from bot.dialogues.keeping import may_it_be_kept
from bot.dialogues.outcomes import (
    Alarm,
    AskAgain,
    Judged,
    KeepWords,
    StartAsking,
    StartDanger,
    StartReport,
)
from bot.talk import Say, choose, words
from casework.content import Texts
from casework.judgements import Judgement, Said
from nlp.following import NOTHING_BEFORE, Before
from nlp.understanding import Answer, Understanding

#: What is done with her words when she says that this is what they are about.
Acted = StartReport | StartDanger | Alarm
ACTS: Mapping[str, type[StartReport] | type[StartDanger] | type[Alarm]] = {
    DANGER: StartDanger, THREAT: Alarm, REPORT: StartReport,
}  # fmt: skip
#: What a message that was not understood may have been, and somebody to ask.
WAYS = (ASK, REPORT, DANGER, THREAT, HUMAN)


async def answer_a_question(
    knows: Understanding, asked: str, answer: Answer, today: date
) -> Acted | StartAsking | Judged | None:
    """What is said to `asked`, whose `answer` was found before."""
    texts, county, also = knows.content.texts, answer.county, answer.also
    if DANGER in also and answer.kind in ("answer", "choices"):
        await Say(texts("danger.beside"))
    unanswered = not_answered(asked, county)
    others: tuple[tuple[str, str], ...] = ()
    if answer.kind == "choices" and answer.answer:
        (_, question), *rest = topics_offered(knows, answer)
        others = tuple(rest)
        await Say(texts("ask.maybe_among" if others else "ask.maybe", question=question))
    elif answer.kind == "choices":
        slug = await which(knows, answer)
        if slug == NONE:
            return unanswered
        answer = knows.answer_for(slug, today=today, county=county, household=answer.household)
    elif answer.kind != "answer":
        return unanswered
    for question, each, _ in (told := answers_told(knows, answer)):
        headed = texts("ask.one_of", question=question) if len(told) > 1 else ""
        await Say(headed + said(knows, each))
    if also:
        question = texts(f"ask.also.{also[0]}")
        if await choose("register", question, _yes_no(knows), plain.REGISTER) == YES:
            return ACTS[also[0]](asked)
        await Say(texts("ask.not_registered"))
        return None
    follow = await _was_it_clear(knows, others)
    if follow in dict(others):
        answer = knows.answer_for(follow, today=today, county=county, household=answer.household)
        await Say(said(knows, answer))
        follow = await _was_it_clear(knows, ())
    if follow == REPORT:
        return StartReport(asked)
    if follow == USEFUL:
        await Say(texts("ask.thanks"))
    if follow in (USEFUL, USELESS):
        topic = answer.topics[0][0]
        return Judged(Judgement(said=Said(follow), topic=topic, county=county, words=asked))
    return StartAsking(follow, answer_before(answer))


async def _was_it_clear(knows: Understanding, others: tuple[tuple[str, str], ...]) -> str:
    """What she says to an answer: one of the `others` it may have been, 有用, 没用, or anything."""
    texts = knows.content.texts
    judged = ((USEFUL, texts("ask.useful")), (USELESS, texts("ask.useless")))
    ways = (*others, *judged, (REPORT, texts("ask.report")))
    return await words("follow", texts("ask.follow"), options=ways, plain=plain.CLEAR)


def answer_before(answer: Answer) -> Before:
    """What her next words may go on from."""
    if answer.kind not in ("answer", "choices") or not answer.answer:
        return NOTHING_BEFORE
    return Before(answer.topics[0][0], answer.household)


def meant_as(knows: Understanding, meant: str, asked: str, answer: Answer) -> Answer:
    """What her words lead to when she says which of `WAYS` they are about; `answer` is what they were
    understood as."""
    if meant == ASK:
        near = knows.nearest(asked, answer.county)
        return (
            near
            if near.topics
            else replace(answer, kind="smalltalk", answer=knows.content.texts("ask.in_other_words"))
        )
    return Answer(kind=meant, county=answer.county)


def not_answered(asked: str, county: str) -> Judged:
    return Judged(Judgement(said=Said.UNANSWERED, county=county, words=asked))


def said(knows: Understanding, answer: Answer) -> str:
    """The answer with its source, which a phone reads aloud, and when it was last looked at."""
    if not answer.source:
        return answer.answer
    texts = knows.content.texts
    source = texts.cited(answer.source)
    return texts(
        "ask.answer", answer=answer.answer, source=source, checked=checked_in(texts, answer)
    )


def answers_told(knows: Understanding, answer: Answer) -> tuple[tuple[str, Answer, str], ...]:
    """(question, answer, when it was last looked at) of each question that is answered."""
    topics, texts = knows.content.topics, knows.content.texts
    told = filter(None, (answer, answer.second))
    return tuple(
        (
            topics[slug].question if (slug := _first_of(each)) in topics else "",
            each,
            checked_in(texts, each),
        )
        for each in told
    )


def _first_of(answer: Answer) -> str:
    return answer.topics[0][0] if answer.topics else ""


def checked_in(texts: Texts, answer: Answer) -> str:
    """ ",2026年11月核对"; nothing where nobody did by that day."""
    day = answer.reviewed
    return texts("ask.checked", year=day.year, month=day.month) if day else ""


def topics_offered(knows: Understanding, answer: Answer) -> tuple[tuple[str, str], ...]:
    """(slug, question) of each topic she is offered, the likeliest first."""
    topics = knows.content.topics
    return tuple((slug, topics[slug].question) for slug, _ in answer.topics if slug in topics)


async def which(knows: Understanding, answer: Answer) -> str:
    texts = knows.content.texts
    sides = (*topics_offered(knows, answer), (NONE, texts("ask.none")))
    return await choose("which", texts("ask.which"), sides, plain.NO_TOPIC)


async def not_sure(
    knows: Understanding, asked: str, contacts: str
) -> Acted | StartAsking | AskAgain | KeepWords | None:
    """ "这个我说不准,不敢乱说" is a real answer, and never a dead end: what it may have been is one tap
    away, and her words go along. What they sound like stands first."""
    texts = knows.content.texts
    heard = knows.beside(asked)
    ways = (*heard, *(each for each in WAYS if each not in heard))
    chosen = await words(
        "unsure",
        texts(f"ask.sounds.{heard[0]}" if heard else "ask.unsure"),
        options=tuple((each, texts(f"ask.way.{each}")) for each in ways),
        plain=plain.sounds_like(heard[0]) if heard else plain.SOMEBODY_TO_ASK,
    )
    if chosen in ACTS:
        return ACTS[chosen](asked)
    if chosen == ASK:
        near = knows.nearest(asked)
        slug = await which(knows, near) if near.topics else NONE
        if slug == NONE:
            return AskAgain(await words("more", texts("ask.in_other_words")), asked)
        return StartAsking(knows.content.topics[slug].question)
    if chosen == HUMAN:
        await Say(contacts)
    if chosen in (HUMAN, DONE):
        if heard:  # what may be told of others is no question, and is not kept
            await Say(texts("ask.thanks"))
            return None
        return await may_it_be_kept(texts, Judgement(said=Said.UNANSWERED, words=asked))
    return StartAsking(chosen)


async def despair(
    knows: Understanding, asked: str, contacts: str
) -> StartReport | StartAsking | None:
    """Whom to call now, in plain words, and somebody to speak to; what she told may be registered."""
    texts = knows.content.texts
    await Say(texts("despair.first"))
    ways = tuple((each, texts(f"despair.{each}")) for each in (HUMAN, REPORT, DONE))
    chosen = await words(
        "despair", texts("despair.after"), options=ways, plain=plain.SOMEBODY_TO_ASK
    )
    if chosen == REPORT:
        return StartReport(asked)
    if chosen in (HUMAN, DONE):
        await Say(contacts if chosen == HUMAN else texts("despair.done_said"))
        return None
    return StartAsking(chosen)


def _yes_no(knows: Understanding) -> tuple[tuple[str, str], ...]:
    texts = knows.content.texts
    return ((YES, texts("ask.register_yes")), (NO, texts("ask.register_no")))
