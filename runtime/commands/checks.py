"""`doctor`: every check with what to do about it; green, yellow, red."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

import typer

from casework.offices import Level
from casework.refusals import Refusal
from runtime.commands.common import Check, console, run, service, show_json
from runtime.commands.wechat_checks import wechat_checks
from runtime.settings import Settings, load_settings, unknown_variables
from runtime.wiring import Service, has_demo_keys
from storage.migrate import at_head

SMALLEST_DISK = 1024**3


def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """体检:每一项怎么样,不好该怎么办。有红就以 1 结束。"""
    found = run(_examine)
    for check in found:
        if as_json:
            show_json(check.__dict__)
        else:
            colour = {"green": "green", "yellow": "yellow", "red": "red"}[check.light]
            mark = {"green": "✓", "yellow": "!", "red": "✗"}[check.light]
            console.print(f"[{colour}]{mark}[/{colour}] {check.name}:{check.says}")
            if check.remedy:
                console.print(f"    → {check.remedy}")
    if any(check.light == "red" for check in found):
        raise typer.Exit(1)


async def _examine() -> list[Check]:
    settings = load_settings()
    found = [*_surroundings(settings)]
    try:
        async with service() as opened:
            found += [check async for check in _house(opened)]
    except Refusal as refusal:
        found.append(
            Check("数据库", "red", refusal.sentence, "看 XIANGSHENG_DATABASE_URL 和数据文件夹")
        )
    return found


def _surroundings(settings: Settings) -> list[Check]:
    names = unknown_variables()
    free = shutil.disk_usage(settings.data_dir.parent.resolve()).free
    return [
        Check("设置", "yellow", f"不认识 {'、'.join(names)}", "改掉写错的名字")
        if names
        else Check("设置", "green", "没有写错的名字"),
        Check("磁盘", "green", f"还有 {free // 1024**3} GB")
        if free > SMALLEST_DISK
        else Check("磁盘", "red", "不到 1 GB 了", "清出空间,否则存不下反映"),
    ]


async def _house(opened: Service) -> AsyncIterator[Check]:
    office = opened.office
    async with opened.store.house.readers.connect() as connection:
        current = await at_head(connection)
    yield (
        Check("数据库", "green", "能用,表是最新的")
        if current
        else Check("数据库", "red", "表不是最新的", "运行 xiangsheng upgrade")
    )
    yield await _keys(opened)
    yield _calendar(opened)
    yield _discipline(opened)
    yield await _batches(opened)
    yield _phones(opened)
    async for check in wechat_checks(opened):
        yield check
    yield (
        Check(
            "演示钥匙", "yellow", "演示的钥匙放在数据文件夹里", "真的机构用 xiangsheng init 重新建"
        )
        if has_demo_keys(opened.settings.data_dir)
        else Check("演示钥匙", "green", "没有")
    )
    async with office.reading() as reading:
        last = await reading.counters.last_run("escalate")
    late = last is None or office.clock.now() - last > timedelta(hours=1)
    yield (
        Check("定时任务", "yellow", f"上次 {last or '还没跑过'}", "确认 xiangsheng work 在运行")
        if late
        else Check("定时任务", "green", f"上次 {last:%m-%d %H:%M}")
    )


async def _keys(opened: Service) -> Check:
    """Without province, discipline office and escrow the intake refuses: red."""
    organisation, keyed = opened.office.content.organisation, await opened.store.keyed_units()
    must = (organisation.province, organisation.discipline, organisation.escrow)
    missing = [unit.name for unit in must if unit.id not in keyed]
    if missing:
        return Check(
            "钥匙", "red", f"{'、'.join(missing)}没有钥匙,不能登记", "运行 xiangsheng init"
        )
    chain = (Level.COUNTY, Level.CITY)
    without = [
        u.name for u in organisation.units.values() if u.level in chain and u.id not in keyed
    ]
    if without:
        return Check(
            "钥匙", "yellow", f"{len(without)} 个市县还没有钥匙,它们的件交给上一级",
            "xiangsheng staff add 姓名 --unit 单位",
        )  # fmt: skip
    return Check("钥匙", "green", "各单位都有")


def _calendar(opened: Service) -> Check:
    horizon = opened.office.clock.now().date() + timedelta(days=60)
    if opened.office.calendar.is_known(horizon):
        return Check("工作日历", "green", f"官方放假安排到 {opened.office.calendar.last}")
    return Check(
        "工作日历", "yellow", f"只到 {opened.office.calendar.last},之后的期限写“日历未确认”",
        "国务院通知出来以后更新 calendar.csv",
    )  # fmt: skip


def _discipline(opened: Service) -> Check:
    if opened.recipient is None:
        return Check(
            "纪检移交", "red", "没有登记纪检机关的公钥,到日子封存不了",
            "把 inbox init 给的 card.json 放好,设 XIANGSHENG_DISCIPLINE_KEYS",
        )  # fmt: skip
    if not opened.recipient.url:
        return Check(
            "纪检移交", "yellow", "没有设送达地址", "设 XIANGSHENG_DISCIPLINE_URL,或用 batch write"
        )
    return Check("纪检移交", "green", opened.recipient.url)


async def _batches(opened: Service) -> Check:
    async with opened.office.reading() as reading:
        waiting = [row.month for row in await reading.batches.all() if not row.receipt]
    if waiting:
        return Check(
            "移交回执", "yellow", f"{'、'.join(waiting)} 还没有回执", "xiangsheng batch send"
        )
    return Check("移交回执", "green", "没有等回执的批次")


def _phones(opened: Service) -> Check:
    counties = opened.office.content.organisation.at(Level.COUNTY)
    empty = [unit for unit in counties if not unit.report_phone]
    if empty:
        return Check(
            "举报电话",
            "yellow",
            f"{len(empty)} 个县还没登记电话",
            "填 offices.toml 的 report_phone",
        )
    return Check("举报电话", "green", "都登记了")
