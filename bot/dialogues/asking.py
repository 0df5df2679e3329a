"""A question of policy: an answer with its source, up to three choices, or the honest refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.dialogues import plain_words as plain
from bot.dialogues.choices import DONE, HUMAN, NO, NONE, REPORT, USEFUL, USELESS, YES
from bot.dialogues.keeping import may_it_be_kept
from bot.dialogues.outcomes import Judged, KeepWords, StartAsking, StartReport
from bot.talk import Say, choose, words
from casework.content import Texts
from casework.judgements import Judgement, Said
from nlp.understanding import Answer, Understanding


async def answer_a_question(
    knows: Understanding, asked: str, answer: Answer, today: date
) -> StartReport | StartAsking | Judged | None:
    """What is said to `asked`, whose `answer` was found before."""
    texts, county = knows.content.texts, answer.county
    unanswered = not_answered(asked, county)
    if answer.kind == "choices" and answer.answer:
        await Say(texts("ask.maybe", question=knows.content.topics[answer.topics[0][0]].question))
        answer = replace(answer, kind="answer")
    if answer.kind == "choices":
        slug = await which(knows, answer)
        if slug == NONE:
            return unanswered
        answer = knows.answer_for(slug, today=today, county=county, household=answer.household)
    if answer.kind != "answer":
        return unanswered
    await Say(said(knows, answer))
    if answer.also:
        question = texts("ask.register")
        if await choose("register", question, _yes_no(knows), plain.REGISTER) == YES:
            return StartReport(asked)
        await Say(texts("ask.not_registered"))
        return None
    offered = _follow(knows)
    follow = await words("follow", texts("ask.follow"), options=offered, plain=plain.CLEAR)
    if follow == REPORT:
        return StartReport(asked)
    if follow == USEFUL:
        await Say(texts("ask.thanks"))
    if follow in (USEFUL, USELESS):
        topic = answer.topics[0][0]
        return Judged(Judgement(said=Said(follow), topic=topic, county=county, words=asked))
    return StartAsking(follow)


def not_answered(asked: str, county: str) -> Judged:
    return Judged(Judgement(said=Said.UNANSWERED, county=county, words=asked))


def said(knows: Understanding, answer: Answer) -> str:
    """The answer with its source and when it was last looked at, as it stands on a phone."""
    if not answer.source:
        return answer.answer
    texts = knows.content.texts
    return texts(
        "ask.answer", answer=answer.answer, source=answer.source, checked=checked_in(texts, answer)
    )


def checked_in(texts: Texts, answer: Answer) -> str:
    """ ",2026年11月核对"; nothing where nobody did by that day."""
    day = answer.reviewed
    return texts("ask.checked", year=day.year, month=day.month) if day else ""


async def which(knows: Understanding, answer: Answer) -> str:
    texts, topics = knows.content.texts, knows.content.topics
    offered = tuple((slug, topics[slug].question) for slug, _ in answer.topics)
    sides = (*offered, (NONE, texts("ask.none")))
    return await choose("which", texts("ask.which"), sides, plain.NO_TOPIC)


async def not_sure(
    knows: Understanding, asked: str, contacts: str
) -> StartReport | StartAsking | KeepWords | None:
    """ "这个我说不准,不敢乱说" is a real answer, and never a dead end."""
    texts = knows.content.texts
    chosen = await words(
        "unsure",
        texts("ask.unsure"),
        options=(
            (HUMAN, texts("ask.human")),
            (REPORT, texts("ask.report")),
            (DONE, texts("ask.done")),
        ),
        plain=plain.SOMEBODY_TO_ASK,
    )
    if chosen == REPORT:
        return StartReport(asked)
    if chosen == HUMAN:
        await Say(contacts)
    if chosen in (HUMAN, DONE):
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


def _follow(knows: Understanding) -> tuple[tuple[str, str], ...]:
    texts = knows.content.texts
    return (
        (USEFUL, texts("ask.useful")),
        (USELESS, texts("ask.useless")),
        (REPORT, texts("ask.report")),
    )


def _yes_no(knows: Understanding) -> tuple[tuple[str, str], ...]:
    texts = knows.content.texts
    return ((YES, texts("ask.register_yes")), (NO, texts("ask.register_no")))
