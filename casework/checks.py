"""What is looked at in a house by `xiangsheng doctor`, and what is to be done about it."""

from __future__ import annotations

from dataclasses import dataclass

#: The remedy where the service itself may be down.
AT_WORK = "看服务开着没有:systemctl start xiangsheng(或者 xiangsheng serve --with-worker)"


@dataclass(frozen=True)
class Check:
    """One line of `doctor`: what was looked at, how it is, and what to do."""

    name: str
    light: str  # green, yellow, red
    says: str
    remedy: str = ""
