"""Whether her words may be read by those who write the answers: one short question, and only a yes counts."""

from __future__ import annotations

import re

from bot.dialogues import plain_words as plain
from bot.dialogues.choices import NO, YES
from bot.dialogues.outcomes import KeepWords
from bot.talk import Say, choose
from casework.content import Texts
from casework.judgements import Judgement
from casework.receipts import without_codes
from nlp.identity import without
from nlp.understanding import Understanding
from nlp.words import letters

#: A number long enough to lead to somebody, whatever it is of. No sum of a grant has seven digits.
_NUMBER = re.compile(r"\d(?:[- .]?\d){6,}")
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]+"
)
CUT = "……"


async def may_it_be_kept(texts: Texts, judgement: Judgement) -> KeepWords | None:
    """Asked after 没用 or where there was no answer, never in the talk of a report."""
    if not letters(judgement.words):
        await Say(texts("ask.thanks"))
        return None
    sides = ((YES, texts("keep.yes")), (NO, texts("keep.no")))
    if await choose("keep", texts("keep.may"), sides, plain.KEPT) == YES:
        await Say(texts("keep.done"))
        return KeepWords(judgement)
    await Say(texts("ask.thanks"))
    return None


def blacked_out(knows: Understanding, words: str) -> str:
    """Her words on one line, without names, numbers and codes that lead to somebody."""
    clear = "\n".join(" ".join(_UNSEEN.sub(" ", line).split()) for line in words.splitlines())
    clear = without(clear, knows.lexicon.identity.words_in(clear))
    return _NUMBER.sub(CUT, without_codes(clear)).strip().replace("\n", ",")
