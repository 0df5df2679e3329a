"""Write content/…/calendar.csv: the days that differ from Monday to Friday, from `chinesecalendar`.

For maintainers, once a year, when the State Council's notice is out.
"""

from __future__ import annotations

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "五一",
    "Dragon Boat Festival": "端午",
    "Mid-autumn Festival": "中秋",
    "National Day": "国庆",
    "Anti-Fascist 70th Day": "抗战胜利日",
}


def rows(first: date, last: date) -> list[tuple[str, str, str]]:
    found = []
    day = first
    while day <= last:
        works = chinese_calendar.is_workday(day)
        name = chinese_calendar.get_holiday_detail(day)[1]
        if works != (day.weekday() < 5):
            kind = "workday" if works else "holiday"
            note = "调休上班" if works else NAMES.get(name or "", "放假")
            found.append((day.isoformat(), kind, note))
        day += timedelta(days=1)
    return found


if __name__ == "__main__":
    target = Path(sys.argv[1])
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("date", "kind", "note"))
        writer.writerow(("2004-01-01", "first", ""))
        writer.writerow(("2026-12-31", "last", ""))
        writer.writerows(rows(date(2004, 1, 1), date(2026, 12, 31)))
