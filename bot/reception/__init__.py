"""Whoever comes is heard here: a message in, a turn out, on every channel alike.

`queue` holds what comes and goes by itself, each caller's in order; `bundles` says what of it is one;
`inbox` takes a message durably and answers it once; `hearing` says what it is; `conversation` replays the talk
to its next question; `outcomes` carries out what follows.
"""

from bot.reception.inbox import (
    MOST_TRIES,
    Hear,
    Reception,
    dedupe_key,
    going_on_from,
    in_order,
    put_out,
)
from bot.reception.outcomes import MENU, Reply, Step
from bot.reception.queue import Pace, Queue
from bot.reception.way import NotFetched, Way

__all__ = [
    "MENU", "MOST_TRIES", "Hear", "NotFetched", "Pace", "Queue", "Reception", "Reply", "Step", "Way", "dedupe_key",
    "going_on_from", "in_order", "put_out",
]  # fmt: skip
