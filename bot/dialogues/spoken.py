"""A recording that no machine understood comes first: three things it may be, and from there on numbers
are enough."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogues.choices import ASK, DANGER, REPORT
from bot.dialogues.outcomes import StartAsking, StartDanger, StartReport
from bot.talk import Say, choose, words
from nlp.understanding import Understanding

WAYS = (ASK, REPORT, DANGER)


async def what_it_is(
    knows: Understanding, common: Sequence[str], contacts: str
) -> StartAsking | StartReport | StartDanger:
    """`common` are the slugs of what is asked most; the recording itself goes along with a report."""
    texts = knows.content.texts
    sides = tuple((each, texts(f"spoken.{each}")) for each in WAYS)
    chosen = await choose("spoken", texts("spoken.what"), sides)
    if chosen == REPORT:
        return StartReport("", by_numbers=True)
    if chosen == DANGER:
        return StartDanger("")
    await Say(contacts)
    questions = tuple((each, knows.content.topics[each].question) for each in common)
    asked = await words("which", texts("spoken.which"), options=questions)
    topic = knows.content.topics.get(asked)
    return StartAsking(topic.question if topic else asked)
