"""Desks over real offices."""

from __future__ import annotations

import pytest

from tests.casework.desk import Desk
from tests.offices import TestOffice


@pytest.fixture
def desk(office: TestOffice) -> Desk:
    """Over both databases."""
    return Desk(office)


@pytest.fixture
def small(small_office: TestOffice) -> Desk:
    """Over SQLite alone."""
    return Desk(small_office)
