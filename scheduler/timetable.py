"""What happens when, readable as a table. Running any line twice does no harm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from apscheduler.triggers.cron import CronTrigger

from casework.ports import Office
from casework.workdays import SHANGHAI

#: What a job is given: the office and the day it runs for. It returns a line for the log.
Work = Callable[[Office, date], Awaitable[str]]


@dataclass(frozen=True)
class Job:
    """A name people type, a crontab line in Asia/Shanghai, and what is done."""

    name: str
    when: str
    work: Work
    says: str = ""

    def trigger(self) -> CronTrigger:
        return CronTrigger.from_crontab(self.when, timezone=SHANGHAI)

    def next_after(self, moment: datetime) -> datetime | None:
        """The next time the job is due, strictly after `moment`."""
        due: datetime | None = self.trigger().get_next_fire_time(moment, moment)
        return due


def timetable(
    *,
    hand_over: Work,
    push: Work,
    forget: Work,
    recount: Work,
    escalate: Work,
    digest: Work,
    batch_day: int,
    batch_hour: int,
) -> tuple[Job, ...]:
    """The office's day."""
    return (
        Job("hand-over", f"0 {batch_hour} {batch_day} * *", hand_over, "封存上个月的线索"),
        Job("push", "*/5 * * * *", push, "把还没回执的批次再送一遍"),
        Job("escalate", "*/10 * * * *", escalate, "超期的件往上一级报"),
        Job("digest", "40 8 * * *", digest, "工作日早上告诉每个人手上有几件"),
        Job(
            "forget",
            "20 3 * * *",
            forget,
            "销毁过期的当日钥匙,清掉过了24小时的答复、没有交上来的文件和过了三十天的问话",
        ),
        Job("recount", "40 3 * * *", recount, "把队列里的数重数一遍,不对的改过来"),
    )
