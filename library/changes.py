"""Changing an office's own content: tried before it counts, one change at a time, the old one kept."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casework.refusals import BadInput
from library.layers import OWN, Layers
from library.settling import settled
from papers.files import private_folder, unused, whole


@dataclass(frozen=True, kw_only=True)
class Change:
    """The new texts of an office's own files, and how many rows are new, different or as they were."""

    files: Mapping[str, str]
    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the content of one office lies: the programme's folder, and the office's data folder."""

    folder: Path
    data_dir: Path

    @property
    def own(self) -> Path:
        return self.data_dir / OWN

    @property
    def copies(self) -> Path:
        """What the office's own files were before each change."""
        return self.data_dir / "content-before"

    @property
    def learned(self) -> Path:
        """What was learned anew on this machine."""
        return self.data_dir / "learned"

    def layers(self) -> Layers:
        return Layers.at(self.folder, self.own)


def tried(layers: Layers, change: Change) -> None:
    """Raises `BadInput` where a file of the change would not be taken, as a start of the program
    would. What was broken before is no reason to refuse."""
    faults = settled(layers.over(change.files)).faults
    for name in change.files:
        if name in faults:
            raise BadInput(faults[name])


def keep(
    place: Place, make: Callable[[Layers], Change], now: datetime
) -> tuple[Change, Path | None]:
    """Make the change from what lies there now, try it, keep a copy of what was, and put the files in
    their places. Nobody else changes anything meanwhile.

    Returns the change, and where the copy lies (None where nothing was). Raises `BadInput` and what
    `make` raises; nothing is written then."""
    private_folder(place.own)
    with _alone(place):
        layers = place.layers()
        change = make(layers)
        tried(layers, change)
        aside = _aside(place, now) if change.files and layers.own else None
        try:
            with ExitStack() as all_of_them:
                for name, said in change.files.items():
                    (place.own / name).parent.mkdir(mode=0o700, exist_ok=True)
                    file = all_of_them.enter_context(whole(place.own / name, mode=0o600))
                    file.write(said.encode())
                    file.flush()  # a full disk says so before the first of them is in its place
        except OSError:
            raise BadInput(f"写不进去:{place.own}。看看磁盘满没满。原来的没有动。") from None
    return change, aside


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Of all processes one at a time; the lock goes with its process (flock(2))."""
    descriptor = os.open(place.data_dir / f".{OWN}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _aside(place: Place, now: datetime) -> Path:
    private_folder(place.copies)
    aside = unused(place.copies, now)
    shutil.copytree(place.own, aside)
    return aside
