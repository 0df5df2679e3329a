"""Figures of the account for the operator's dashboard."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class Figures:
    """In the registry of the house: numbers, nobody's words."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.skipped = Counter(
            "xiangsheng_telegram_skipped_total", "Updates nobody could be answered for, by fault.",
            ["fault"], registry=registry,
        )  # fmt: skip
        self.faults_in_a_row = Gauge(
            "xiangsheng_telegram_faults_in_a_row", "Polls in vain since the last good one.",
            registry=registry,
        )  # fmt: skip
