"""The understanding of the programme as it is shipped, made ready once a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from casework.content import Content
from library.layers import Layers
from library.reading import load_content, load_understanding
from nlp.understanding import Understanding

PROGRAMME = Path(__file__).parents[2] / "content" / "henan-2019"


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(Layers(PROGRAMME))


@pytest.fixture(scope="session")
def understanding(content: Content) -> Understanding:
    return load_understanding(Layers(PROGRAMME), content)


@pytest.fixture(scope="session")
def by_words(understanding: Understanding) -> Understanding:
    """The same where nobody marked in any story who did it."""
    return Understanding(
        understanding.content,
        understanding.gazetteer,
        understanding._faq,
        replace(understanding.lexicon, blame=None),
    )


@pytest.fixture(scope="session")
def today() -> date:
    return date(2019, 4, 23)
