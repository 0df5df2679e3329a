"""Letters as Unicode means them (NFKC), in time that grows with the text and no faster."""

from __future__ import annotations

import re
import unicodedata

#: Unicode puts marks that stand on one letter into order by insertion: n marks cost n² steps, and
#: a message can be nothing but marks. No script stacks this many (UAX #15 §13 allows 30); what
#: does lose its marks. Marks are never word characters, so longer runs are all found here.
MOST_MARKS = 30
_STACKED = re.compile(rf"[^\w\s]{{{MOST_MARKS + 1},}}")
#: Two signs that stand for whole sentences (18 and 8 letters): a text of nothing else would grow as
#: many times. They say nothing about a house.
_SENTENCES = re.compile("[\ufdfa\ufdfb]")


def composed(text: str) -> str:
    """NFKC: full width and ligatures as plain letters.

    >>> composed("３００元"), len(composed("e" + "\\u0301\\u0323" * 50_000))
    ('300元', 1)
    """
    bare = _STACKED.sub(_without_marks, _SENTENCES.sub("", text))
    return unicodedata.normalize("NFKC", bare)


def _without_marks(run: re.Match[str]) -> str:
    return "".join(char for char in run.group() if not unicodedata.combining(char))
