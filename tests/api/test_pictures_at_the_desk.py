"""A photo at the desk is turned and enlarged by links, without a script."""

from __future__ import annotations

import re

import httpx
import pytest

from tests import sent_files
from tests.api.conftest import signs_in
from tests.api.test_copies_at_the_desk import PAPER, files, listed
from tests.offices import CITY, COUNTY, TestOffice


@pytest.fixture
async def photos(client: httpx.AsyncClient, small_office: TestOffice) -> tuple[str, list[str]]:
    """The ticket, and its files: two photos with a paper between them."""
    number = await files(small_office, sent_files.jpeg(6), PAPER, sent_files.jpeg(1))
    found = await listed(client, small_office, number)
    await signs_in(client, small_office, COUNTY)
    return number, [each["id"] for each in found if each["kind"] == "photo"]


async def test_it_is_turned_both_ways_and_enlarged(
    client: httpx.AsyncClient, photos: tuple[str, list[str]]
) -> None:
    number, (first, second) = photos
    at = f"/desk/tickets/{number}/attachments"
    ticket = (await client.get(f"/desk/tickets/{number}")).text

    page = (await client.get(f"{at}/{first}/look")).text
    (right,) = re.findall(r'href="([^"]*)">向右转', page)
    turned = (await client.get(right.replace("&amp;", "&"))).text
    (large,) = re.findall(r'href="([^"]*)">4 倍', turned)
    both = (await client.get(large.replace("&amp;", "&"))).text

    assert f'href="{at}/{first}/look"' in ticket
    assert 'class="turn-0 size-1"' in page
    assert 'class="turn-90 size-1"' in turned
    assert 'class="turn-90 size-4"' in both
    assert "照片 1 / 2" in page
    assert f'href="{at}/{second}/look?turn=0&amp;size=1" rel="next"' in page
    assert 'rel="prev"' not in page
    assert 'rel="prev"' in (await client.get(f"{at}/{second}/look")).text


@pytest.mark.parametrize("query", ["turn=45", "turn=360", "turn=-90", "size=3", "size=0", "turn=x"])
async def test_no_other_turn_or_size_is_shown(
    client: httpx.AsyncClient, photos: tuple[str, list[str]], query: str
) -> None:
    number, (first, _) = photos

    answer = await client.get(f"/desk/tickets/{number}/attachments/{first}/look?{query}")

    assert answer.status_code == 422


async def test_a_paper_a_stranger_and_nothing_are_no_photo(
    client: httpx.AsyncClient, photos: tuple[str, list[str]], small_office: TestOffice
) -> None:
    number, (first, _) = photos
    paper = await client.get(f"/desk/tickets/{number}/attachments/f00d/look")
    await signs_in(client, small_office, CITY)
    above = await client.get(f"/desk/tickets/{number}/attachments/{first}/look")
    client.cookies.clear()
    stranger = await client.get(f"/desk/tickets/{number}/attachments/{first}/look")

    assert (paper.status_code, above.status_code, stranger.status_code) == (422, 200, 401)
