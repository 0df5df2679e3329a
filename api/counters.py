"""A few figures for the operator's dashboard. None of them holds anybody's words or place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    disable_created_metrics,
    generate_latest,
)

from casework.shelves import OutboxFigures

# The hour of a process's first refusal of a kind is nobody's business.
disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs says no types

ONE_KIND = ("channel", "kind")


class Counters:
    """What one process answered, and how the house's outbox stands, in a registry of its own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.answers = Counter(
            "xiangsheng_http_answers_total", "Answers by class of status.", ["status"],
            registry=registry,
        )  # fmt: skip
        self.refusals = Counter(
            "xiangsheng_refusals_total", "Refusals by code.", ["code"], registry=registry
        )
        self.faults = Counter(
            "xiangsheng_faults_total", "Unexpected exceptions.", registry=registry
        )
        self._database = Gauge(
            "xiangsheng_database_up", "1 while the database answers, else 0.", registry=registry
        )
        self._waiting = Gauge(
            "xiangsheng_outbox_waiting", "Messages not sent yet.", ONE_KIND, registry=registry
        )
        self._oldest = Gauge(
            "xiangsheng_outbox_oldest_seconds", "Age of the oldest message not sent yet.",
            ONE_KIND, registry=registry,
        )  # fmt: skip
        self._given_up = Gauge(
            "xiangsheng_outbox_given_up", "Messages that will not be sent any more, or may have arrived.",
            ONE_KIND, registry=registry,
        )  # fmt: skip

        self._parked = Gauge(
            "xiangsheng_inbound_parked", "Messages that failed three times and are left alone.",
            ["channel"], registry=registry,
        )  # fmt: skip

        self._last_run = Gauge(
            "xiangsheng_last_run_timestamp_seconds",
            "When each job last ran, and each channel was last reached or lost.",
            ["name"], registry=registry,
        )  # fmt: skip

    def text(
        self,
        outbox: Sequence[OutboxFigures] | None,
        now: datetime,
        parked: Mapping[str, int] = MappingProxyType({}),
        last_runs: Mapping[str, datetime] = MappingProxyType({}),
    ) -> bytes:
        """The exposition format, with the outbox as it stands; None while the database is away."""
        self._database.set(outbox is not None)
        for gauge in (self._waiting, self._oldest, self._given_up, self._parked, self._last_run):
            gauge.clear()
        for channel, count in parked.items():
            self._parked.labels(channel).set(count)
        for name, at in last_runs.items():
            self._last_run.labels(name).set(at.timestamp())
        for each in outbox or ():
            labels = (each.channel, each.kind)
            age = (now - each.oldest).total_seconds() if each.oldest else 0
            self._waiting.labels(*labels).set(each.waiting)
            self._oldest.labels(*labels).set(max(age, 0))
            self._given_up.labels(*labels).set(each.given_up)
        return generate_latest(self._registry)
