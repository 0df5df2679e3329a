"""What a channel is handed."""

from __future__ import annotations

from dataclasses import replace

from prometheus_client import CollectorRegistry

from api.uploads import SealedRoute
from bot.channels.channel import House
from bot.reception import Pace, Reception
from tests.offices import TestOffice, knowing

#: Nobody waits long in a test.
QUICK = Pace(soon=0.01, breath=0.02, longest=0.1)
#: For a channel that one process alone has.
ALONE = replace(QUICK, left_behind=0.0)


def house_of(office: TestOffice, *, demo: bool = False) -> House:
    return House(
        office=office.office, reception=Reception(office.office, knowing), knowing=knowing,
        figures=CollectorRegistry(), worker="one", demo=demo, sealed_route=SealedRoute,
    )  # fmt: skip
