"""The content as it is now: a file that is saved counts within seconds, in every process, without a restart."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from casework.content import Standing
from casework.refusals import BadInput
from library.changes import Change, Place, keep
from library.layers import OWN, Layers
from library.learning import QUIET, Anew
from library.reading import load_understanding
from library.settling import Settled, settled
from nlp.understanding import Understanding

log = logging.getLogger(__name__)

#: Seconds between two looks at the folders.
EVERY = 1.0

#: What is seen of the files without reading them: name, time of change in nanoseconds, size.
Marks = frozenset[tuple[str, int, int]]


@dataclass(frozen=True)
class _Now:
    """What is in force at one time; all of it changes at once."""

    settled: Settled
    understanding: Understanding | None
    faults: Mapping[str, str]


class Live:
    """One office's content. What cannot be read is left as it was, and named in `faults`."""

    def __init__(self, place: Place) -> None:
        """Raises `BadInput` where the programme's own folder cannot be read."""
        self._place, self._reading = place, Lock()
        self._marks = _marks(place)
        first = settled(place.layers())
        self._now = _Now(first, None, first.faults)
        self._say()

    def standing(self) -> Standing:
        return self._now.settled.standing

    def understanding(self) -> Understanding:
        """Made ready in about half a second when it is asked for first."""
        if self._now.understanding is None:
            with self._reading:
                now = self._now
                if now.understanding is None:
                    self._now = _Now(now.settled, self._understanding(now.settled), now.faults)
        assert self._now.understanding is not None
        return self._now.understanding

    @property
    def layers(self) -> Layers:
        """What is in force, as it is written."""
        return self._now.settled.layers

    @property
    def faults(self) -> Mapping[str, str]:
        """A sentence with file, line and remedy for each file that is not taken, by its name."""
        return self._now.faults

    def look(self) -> bool:
        """Take in what was changed since the last look; whether anything was. Takes half a second
        then: call it in a thread."""
        with self._reading:
            marks = _marks(self._place)
            if marks == self._marks:
                return False
            self._marks = marks
            self._now = self._taken(self._now)
            self._say()
            return True

    def change(self, make: Callable[[Layers], Change], now: datetime) -> Change:
        """Make and keep a change, and have it in force here; elsewhere it is within `EVERY` seconds.
        Waits for the disk: call it in a thread. Raises `BadInput` and what `make` raises."""
        change, _ = keep(self._place, make, now)
        self.look()
        return change

    def _taken(self, now: _Now) -> _Now:
        try:
            after = settled(self._place.layers(), now.settled)
        except BadInput as refusal:  # the programme's folder itself: what was read before stays
            return _Now(now.settled, now.understanding, {"": refusal.sentence})
        ready = self._understanding(after) if now.understanding else None
        return _Now(after, ready, after.faults)

    def _understanding(self, what: Settled) -> Understanding:
        return load_understanding(what.layers, what.standing.content, self._place.learned)

    def _say(self) -> None:
        for sentence in self.faults.values():
            log.error("content left as it was: %s", sentence)

    async def watch(self, stop: asyncio.Event, quiet: float = QUIET) -> None:
        """Look again and again until told to stop, and have learned anew what was written `quiet` seconds
        ago and teaches to understand."""
        anew = Anew(self._place, quiet)
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)
            try:
                if await asyncio.to_thread(self.look):
                    anew.changed()
                await anew.go_on()
            except Exception as fault:  # the top of the loop: logged, and the next look comes
                log.error("content not looked at", extra={"fault": type(fault).__name__})
        await anew.end()


def _marks(place: Place) -> Marks:
    found = set()
    tops = (("", place.folder), (OWN, place.own), ("learned", place.learned))
    for top, folder in tops:
        for path in folder.rglob("*") if folder.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                seen = path.stat()
                if path.is_file() and not path.name.startswith("."):
                    name = f"{top}/{path.relative_to(folder)}"
                    found.add((name, seen.st_mtime_ns, seen.st_size))
    return frozenset(found)
