"""Who sits over a ticket, for whatever is done to it."""

from __future__ import annotations

from casework.permits import Bench
from casework.ports import Keyring, Office


def bench_of(office: Office, keyring: Keyring) -> Bench:
    content = office.content
    return Bench(
        person=keyring.person, organisation=content.organisation, rules=content.rules,
        texts=content.steps, calendar=office.calendar, now=office.clock.now(),
    )  # fmt: skip
