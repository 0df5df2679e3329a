"""Learning anew where what is written differs from what was learned: in a process of its own, by

    python -m library.learning <programme> <data folder>

What it learned lies in the data folder and counts, in every process, as soon as it is there whole."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from library.changes import Place
from library.layers import Layers
from library.listening import Lessons, file_of, kept, lessons
from library.settling import settled
from nlp.training import digest
from papers.files import private_folder, write_whole

log = logging.getLogger(__name__)

#: So much kinder than others the process is to who else wants the processor (nice(2)).
KIND = 10
#: Seconds in which nothing was written.
QUIET = 30.0


def stale(place: Place) -> Mapping[str, Lessons]:
    """The lessons whose lines are not those that were learned from, here or before they were shipped.
    Takes a tenth of a second: call it in a thread. What was learned here and is none the better for it
    is taken away. Raises `BadInput`."""
    found = {}
    for name, each in lessons_of(place.layers()).items():
        lines = each.lines()
        wanted = digest(lines) if lines else ""
        shipped, here = each.weights(), kept(place.learned, name)
        if not lines or (shipped and shipped.learned_from == wanted):
            file_of(place.learned, name).unlink(missing_ok=True)
        elif not (here and here.learned_from == wanted):
            found[name] = each
    return found


def learn(place: Place) -> None:
    """Learn what is stale. One process at a time does; another that comes meanwhile leaves it to it."""
    private_folder(place.learned)
    with _alone(place.learned) as mine:
        if not mine:
            return
        for name, each in stale(place).items():
            weights = each.teach(each.lines())
            write_whole(file_of(place.learned, name), weights.packed(), mode=0o600)


def lessons_of(layers: Layers) -> Mapping[str, Lessons]:
    """What is in force of these layers. Raises `BadInput`."""
    taken = settled(layers)
    return lessons(taken.layers, taken.standing.content, layers.theirs("triage.toml"))


@contextmanager
def _alone(kept: Path) -> Iterator[bool]:
    """Whether nobody else is at it; the lock goes with its process (flock(2))."""
    descriptor = os.open(kept / ".lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


class Anew:
    """Has learned anew what is stale, once nothing was changed for `quiet` seconds: an office writes many
    things one after the other."""

    def __init__(self, place: Place, quiet: float = QUIET) -> None:
        self._place, self._quiet = place, quiet
        self._due: float | None = None
        self._child: asyncio.subprocess.Process | None = None
        self.changed()

    def changed(self) -> None:
        """Something was written, or learned."""
        self._due = monotonic() + self._quiet

    async def go_on(self) -> None:
        """Look whether it is time, and begin. Raises `BadInput` for what cannot be read."""
        if self._is_at_it() or self._due is None or monotonic() < self._due:
            return
        self._due = None
        if await asyncio.to_thread(stale, self._place):
            told = (str(self._place.folder), str(self._place.data_dir))
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "library.learning", *told
            )

    def _is_at_it(self) -> bool:
        if self._child is None:
            return False
        if self._child.returncode:
            log.error("nothing was learned", extra={"code": self._child.returncode})
        if self._child.returncode is not None:
            self._child = None
        return self._child is not None

    async def end(self) -> None:
        """What is half learned is begun again at the next start."""
        if self._child and self._child.returncode is None:
            self._child.kill()
            await self._child.wait()


if __name__ == "__main__":
    os.nice(KIND)
    folder, data_dir = map(Path, sys.argv[1:])
    learn(Place(folder=folder, data_dir=data_dir))
