"""Noting that somebody is there: a session that is used stays awake, and reading a page writes nothing more
than that, once a minute."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import sha256

#: So often a session is noted at most.
EVERY = timedelta(minutes=1)
#: So many are remembered, the latest; one that is forgotten is noted once more.
MOST = 4096


class Awake:
    """When this process last noted each session."""

    def __init__(self) -> None:
        self._noted: OrderedDict[bytes, datetime] = OrderedDict()

    def is_due(self, token: str, now: datetime) -> bool:
        """Whether it is to be noted now; asked once, it counts as noted."""
        name = sha256(token.encode()).digest()
        last = self._noted.get(name)
        if last is not None and timedelta() <= now - last < EVERY:
            return False
        self._noted[name] = now
        self._noted.move_to_end(name)
        while len(self._noted) > MOST:
            self._noted.popitem(last=False)
        return True
