"""Whoever comes is heard here: a message in, a turn out, on every channel alike.

`inbox` takes it durably and answers it once; `hearing` says what it is; `conversation` replays the talk
to its next question; `outcomes` carries out what follows.
"""

from bot.reception.inbox import MOST_TRIES, Hear, Reception, dedupe_key, going_on_from, in_order
from bot.reception.outcomes import MENU, Reply, Step

__all__ = [
    "MENU", "MOST_TRIES", "Hear", "Reception", "Reply", "Step", "dedupe_key", "going_on_from", "in_order",
]  # fmt: skip
