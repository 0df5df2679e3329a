"""After 没用: what was not clear, a person, or registering; and her question goes along to each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.dialogues import plain_words as plain
from bot.dialogues.choices import DONE, HUMAN, REPORT, TELL
from bot.dialogues.keeping import may_it_be_kept
from bot.dialogues.outcomes import AskAgain, KeepWords, StartReport
from bot.talk import Say, words
from casework.content import Texts
from casework.judgements import Judgement, Said
from casework.receipts import find_code
from casework.reports import LONGEST
from nlp.understanding import Answer, Understanding

#: What more words of hers may lead to beside an answer: each has a way of its own.
ITS_OWN_WAY = frozenset({"retaliation", "urgent", "report", "human"})
#: To who only speaks (没用, 不中) nothing is said that helps.
ONLY_SPEAKS = (("smalltalk.ask", 1.0),)


async def what_was_unclear(
    texts: Texts, asked: str, topic: str, contacts: str
) -> AskAgain | StartReport | KeepWords | None:
    """`topic` is the slug of the answer that was of no use to `asked`."""
    said = await words(
        "unclear",
        texts("unclear.text"),
        options=(
            (TELL, texts("unclear.tell")),
            (HUMAN, texts("ask.human")),
            (REPORT, texts("ask.report")),
            (DONE, texts("ask.done")),
        ),
        plain=plain.SOMEBODY_TO_ASK,
    )
    if said == REPORT:
        return StartReport(asked)
    if said == HUMAN:
        await Say(contacts)
    if said in (HUMAN, DONE):
        judgement = Judgement(said=Said.USELESS, topic=topic, words=asked)
        return await may_it_be_kept(texts, judgement)
    if said == TELL:
        said = await words("more", texts("unclear.more"))
    return AskAgain(said, asked, topic)


def together(earlier: str, text: str) -> str:
    """What she said before and what she says now, line by line; of more than anything takes, the
    newest."""
    lines = [each for each in (*earlier.split("\n"), text) if each.strip()]
    while len(lines) > 1 and sum(len(each) + 1 for each in lines) > LONGEST:
        del lines[0]
    return "\n".join(lines)


def tried_again(
    knows: Understanding, again: AskAgain, *, today: date, county: str
) -> tuple[str, Answer]:
    """(the words that were understood, what they lead to): hers alone, or with those before them;
    `unknown` where all they lead to is the answer that was of no use."""
    alone = knows.ask(again.text, today=today, county=county)
    if alone.kind in ITS_OWN_WAY or find_code(again.text):
        return again.text, alone
    whole = together(again.earlier, again.text)
    tries = ((again.text, alone), (whole, knows.ask(whole, today=today, county=county)))
    for kind in ("answer", "choices", "smalltalk"):
        for said, found in tries:
            if found.topics[:1] == ONLY_SPEAKS or found.kind != kind:
                continue
            if not _said_before(knows, found, again, today, county):
                return said, found
    return whole, replace(Answer(kind="unknown"), county=county)


def _said_before(
    knows: Understanding, found: Answer, again: AskAgain, today: date, county: str
) -> bool:
    if again.topic not in knows.content.topics:  # there was no answer, or it is gone meanwhile
        return False
    if found.kind == "choices":
        return {slug for slug, _ in found.topics} <= {again.topic}
    asked = knows.ask(again.earlier, today=today, county=county)
    given = knows.answer_for(again.topic, today=today, county=county, household=asked.household)
    return found.answer == given.answer
