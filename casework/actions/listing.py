"""Lists as their reader sees them: each line told by the first words of its story, opened for as long as he
looks and kept nowhere."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casework.ports import Keyring, Office
from casework.queue import Tab, View
from casework.refusals import BadInput
from casework.shelves import Key, Listed, Page, Sees

#: So many letters of a story tell it apart from the others.
FIRST_WORDS = 44
#: A search reads so many stories, the newest, and shows so many that fit.
MOST_READ, MOST_FOUND = 5000, 100
#: What is looked for is at least so long; one letter fits nearly every story.
SHORTEST_WORD = 2


@dataclass(frozen=True, kw_only=True)
class Line:
    """One ticket of a list."""

    listed: Listed
    words: str = ""  # how the story begins; '' where it cannot be opened, or has no words
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of a queue with its numbers."""

    lines: tuple[Line, ...]
    next: Key | None
    counts: Mapping[Tab, int]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search came upon; `all_read` says that no older ones were left out."""

    lines: tuple[Line, ...]
    read: int
    all_read: bool
    more: bool  # more fit than are shown


async def listing(
    office: Office, keyring: Keyring, view: View, *, after: Key | None = None, limit: int = 50
) -> Listing:
    now, reader = office.clock.now(), keyring.person
    async with office.reading() as reading:
        page = await reading.queue.page(view, reader=reader, now=now, after=after, limit=limit)
        counts = await reading.queue.counts(
            reader=reader, now=now, scope=view.scope, county=view.county
        )
    return Listing(lines=tuple(told(page, keyring)), next=page.next, counts=counts)


async def beside(
    office: Office, keyring: Keyring, view: View, key: Key
) -> tuple[Listed | None, Listed | None]:
    """The one before and the one after it in a list."""
    now, reader = office.clock.now(), keyring.person
    async with office.reading() as reading:
        pages = [
            await reading.queue.page(
                view, reader=reader, now=now, after=key, back=back, limit=1
            )
            for back in (True, False)
        ]  # fmt: skip
    before, after = (page.shown[0] if page.shown else None for page in pages)
    return before, after


async def search(office: Office, keyring: Keyring, words: str, view: View) -> Found:
    """The tickets in whose story, numbers of its facts or own number all of these words stand; of what the
    reader may open, the newest. Raises `BadInput` where nothing is looked for."""
    wanted = [_plain(each) for each in words.split()]
    if not wanted or all(len(each) < SHORTEST_WORD for each in wanted):
        raise BadInput("写两个字以上再找,比如村名、人名、件号。")
    async with office.reading() as reading:
        page = await reading.queue.newest(
            reader=keyring.person, scope=view.scope, county=view.county, limit=MOST_READ
        )
    found = await asyncio.to_thread(_fitting, page, keyring, wanted)
    return Found(
        lines=tuple(found[:MOST_FOUND]),
        read=len(page.shown),
        all_read=page.next is None,
        more=len(found) > MOST_FOUND,
    )


def _fitting(page: Page, keyring: Keyring, wanted: Sequence[str]) -> list[Line]:
    return [
        line
        for line, whole in _opened(page.shown, keyring)
        if all(each in _plain(whole) for each in wanted)
    ]


def told(page: Page, keyring: Keyring) -> Iterator[Line]:
    """The lines of a page, opened."""
    for line, _ in _opened(page.shown, keyring):
        yield line


def _opened(shown: Iterable[Listed], keyring: Keyring) -> Iterator[tuple[Line, str]]:
    """Each line, and all that is searched of it."""
    for listed in shown:
        file = listed.file
        if file.sees is Sees.TASK or not file.fields or not keyring.is_open:
            yield Line(listed=listed), file.ticket.number
            continue
        key = keyring.ticket(file)
        story = key.open("story", file.fields["story"])
        facts = json.loads(key.open("facts", file.fields["facts"]))
        named = " ".join(str(each.get("name", "")) for each in facts.get("accused") or ())
        line = Line(listed=listed, words=first_words(story), facts=facts)
        yield line, f"{file.ticket.number} {story} {named}"


def first_words(story: str) -> str:
    """The beginning of a story on one line.

    >>> first_words("西屋漏雨。\\n\\n  说了三回")
    '西屋漏雨。 说了三回'
    """
    line = " ".join(story[: 4 * FIRST_WORDS].split())
    return line if len(line) <= FIRST_WORDS else f"{line[:FIRST_WORDS]}…"


def _plain(text: str) -> str:
    """Full-width and half-width, capitals and small letters are alike to whoever searches."""
    return unicodedata.normalize("NFKC", text).casefold()
