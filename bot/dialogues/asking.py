"""A question of policy: an answer with its source, up to three choices, or the honest refusal."""

from __future__ import annotations

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
    await Say(said(knows, answer))
    if answer.also:
        question = texts("ask.register")
        if await choose("register", question, _yes_no(knows), plain.REGISTER) == YES:
            return StartReport(asked)
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
    return StartAsking(follow)


async def _was_it_clear(knows: Understanding, others: tuple[tuple[str, str], ...]) -> str:
    """What she says to an answer: one of the `others` it may have been, 有用, 没用, or anything."""
    texts = knows.content.texts
    judged = ((USEFUL, texts("ask.useful")), (USELESS, texts("ask.useless")))
    ways = (*others, *judged, (REPORT, texts("ask.report")))
    return await words("follow", texts("ask.follow"), options=ways, plain=plain.CLEAR)


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


def _yes_no(knows: Understanding) -> tuple[tuple[str, str], ...]:
    texts = knows.content.texts
    return ((YES, texts("ask.register_yes")), (NO, texts("ask.register_no")))
