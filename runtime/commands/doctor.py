"""`doctor`: every check with what to do about it; green, yellow, red."""

from __future__ import annotations

import shutil
import stat
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from casework.actions.alerting import reachable
from casework.alerts import CHAT, MAIL, WECOM
from casework.checks import AT_WORK, Check
from casework.content import Texts
from casework.establishment import Team, teams
from casework.offices import Level, Organisation
from casework.refusals import Refusal
from casework.roster import away_at, on_duty, remarks
from casework.workdays import dated, day_of
from library.layers import Layers
from library.reading import load_content
from runtime.commands.backup import DATABASE, MARK
from runtime.commands.common import console, run, service, show_json
from runtime.settings import SHIPPED, Settings, load_settings, unknown_variables
from runtime.wiring import Service, has_demo_keys, place_of
from scheduler.hand_over import months_missing
from storage.copies import tried
from storage.engine import StoreUnusable
from storage.inspection import Findings

SMALLEST_DISK = 1024**3
#: A batch that has waited longer than this for its receipt needs a person.
BATCH_PATIENCE = timedelta(days=3)
#: Reminders run every few minutes; a day without them means that nobody is reminded.
JOBS_PATIENCE = timedelta(days=1)
BACKUP_PATIENCE = timedelta(days=2)

FIRST_DAY = "xiangsheng init --card card.json --first 省级第一个人"
CARD_FIRST = "纪检机关在自己的机器上运行 xiangsheng inbox init,把 card.json 交来,再运行"
PARKED = (
    "日志里 not answered 那几行写着出错的种类,告诉维护程序的人;"
    "消息封存着,到那天的钥匙销毁时一起删掉,这一行才消失"
)
MARKS = {"green": "✓", "yellow": "!", "red": "✗"}


def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    found = run(examine)
    for check in found:
        if as_json:
            show_json(asdict(check))
            continue
        console.print(
            f"[{check.light}]{MARKS[check.light]}[/] {check.name}:{check.says}", soft_wrap=True
        )
        if check.remedy:
            console.print(f"    → {check.remedy}", soft_wrap=True)
    if any(check.light == "red" for check in found):
        raise typer.Exit(1)


async def examine() -> list[Check]:
    """All checks. What cannot even be opened is one red line, and the rest is told all the same."""
    try:
        settings = load_settings()
    except Refusal as refusal:
        return [Check("设置", "red", refusal.sentence, "改好再来一遍")]
    found = list(_surroundings(settings))
    if settings.is_sqlite and _is_empty(settings.data_dir):
        # Opening would lay the floor of a house here, and a restore takes no occupied folder.
        said = f"{settings.data_dir} 里还什么都没有"
        return [*found, Check("数据库", "red", said, f"{FIRST_DAY};试用就运行 xiangsheng demo")]
    try:
        async with service() as opened:
            found += [check async for check in _house(opened)]
    except StoreUnusable as refusal:
        remedy = "看 XIANGSHENG_DATABASE_URL 和 XIANGSHENG_DATA_DIR"
        found.append(Check("数据库", "red", refusal.sentence, remedy))
    except Refusal as refusal:
        found.append(Check("启动", "red", refusal.sentence, "改好这一处,别的项才看得到"))
    return found


def _is_empty(folder: Path) -> bool:
    return not folder.exists() or (folder.is_dir() and not (folder / DATABASE).exists())


def _surroundings(settings: Settings) -> Iterator[Check]:
    names = unknown_variables()
    if names:
        yield Check("设置", "yellow", f"不认识 {'、'.join(names)}", "改掉写错的名字")
    else:
        yield Check("设置", "green", "没有写错的名字")
    yield _disk(settings.data_dir)
    yield _closed(settings.data_dir)
    yield _magic()
    yield _copies()


def _disk(folder: Path) -> Check:
    there = next(each for each in (folder.resolve(), *folder.resolve().parents) if each.exists())
    free = shutil.disk_usage(there).free
    if free < SMALLEST_DISK:
        return Check("磁盘", "red", "不到 1 GB 了", "清出空间,否则存不下反映")
    return Check("磁盘", "green", f"还有 {free // 1024**3} GB")


def _closed(folder: Path) -> Check:
    """Keys are for the service's own user alone."""
    secret = (folder / "keys", folder / "shred")
    files = [file for each in secret if each.is_dir() for file in (each, *each.rglob("*"))]
    loose = [file.name for file in files if file.lstat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if loose:
        shown = "、".join(sorted(loose)[:3])
        remedy = f"chmod -R go-rwx {folder / 'keys'} {folder / 'shred'}"
        return Check("钥匙文件", "red", f"别的用户也能读:{shown}", remedy)
    return Check("钥匙文件", "green", "只有本程序的用户能读")


def _magic() -> Check:
    try:
        import magic

        magic.from_buffer(b"%PDF-1.4", mime=True)
    except (ImportError, OSError):
        remedy = "重新安装程序(安装包里的 install.sh,或者 make bootstrap)"
        return Check("附件", "red", "认不出文件种类,照片和录音收不了", remedy)
    return Check("附件", "green", "认得出文件种类")


def _copies() -> Check:
    """Without copies a report is filed all the same; the handler then sees no photo of it."""
    picture, sound = tried()
    if picture and sound:
        return Check("重做附件", "green", "照片和录音都能重做")
    lost = "、".join(name for name, can in (("照片", picture), ("录音", sound)) if not can)
    remedy = "重新安装程序(install.sh 或 make bootstrap);还不行,看内存够不够(每个子进程要 768 兆)"
    said = f"{lost}重做不了:反映照收,经办人看不到{lost},只有纪委能打开原件"
    return Check("重做附件", "yellow", said, remedy)


async def _house(opened: Service) -> AsyncIterator[Check]:
    seen = await opened.store.inspect()
    yield Check("数据库", "green", "能用,表是最新的")
    for check in _findings(seen):
        yield check
    yield _clock(opened, seen)
    yield _content(opened)
    for check in _own_content(opened):
        yield check
    async for line in _keys(opened):
        yield line
    async for line in _teams(opened):
        yield line
    yield _calendar(opened)
    yield await _discipline(opened)
    yield await _months(opened)
    yield await _batches(opened)
    yield _phones(opened)
    yield _county_facts(opened)
    for channel in opened.channels:
        async for line in channel.checks():
            yield line
    yield await _alarms(opened)
    yield await _rosters(opened)
    if has_demo_keys(opened.settings.data_dir):
        remedy = "正式办公把 XIANGSHENG_DATA_DIR 设成一个空文件夹,再运行 xiangsheng init"
        yield Check("演示钥匙", "yellow", "演示的钥匙放在数据文件夹里", remedy)
    yield await _jobs(opened)
    yield _backup(opened)


def _findings(seen: Findings) -> Iterator[Check]:
    restore = "停下服务,用最近的备份恢复到旁边核对(xiangsheng restore);告诉纪检机关"
    if not seen.log_fits:
        yield Check("公开日志", "red", f"{seen.log_size} 条算出来的头对不上,有人动过", restore)
    elif seen.vanished:
        said = f"日志里有 {len(seen.vanished)} 件反映,库里没有了"
        yield Check("公开日志", "red", said, restore)
    elif seen.unlogged:
        said = f"{_some(seen.unlogged)}不在日志里"
        yield Check("公开日志", "red", said, restore)
    else:
        yield Check("公开日志", "green", f"{seen.log_size} 条,头对得上")
    if seen.fileless:
        said = f"{len(seen.fileless)} 个附件的文件不见了"
        yield Check("附件文件", "red", said, "从备份里把 uploads/kept 放回来")
    if seen.changed:
        said = f"{_some(seen.changed)}的文字或附件和登记时写进日志的对不上"
        yield Check("附件文件", "red", said, restore)
    if seen.shredless:
        said = f"{_some(seen.shredless)}的销毁密钥不见了,打不开"
        yield Check("销毁密钥", "red", said, "从单独的备份里把 shred/secrets.bin 放回来")
    if seen.miscounted:
        said = f"队列里有 {seen.miscounted} 处数不对"
        yield Check(
            "队列", "yellow", said, "今夜 3:40 自己改过来;等不及,运行 xiangsheng jobs run recount"
        )
    if seen.parked:
        said = f"{seen.parked} 条消息读了三次都出错,搁下了;已经告诉本人换个说法"
        yield Check("收到的消息", "red", said, PARKED)
    for name in seen.strange_keys:
        said = f"keys/{name}.key 不是原来那一把"
        yield Check("钥匙文件", "red", said, f"从单独的备份里把 keys/{name}.key 放回来")


def _some(numbers: tuple[str, ...]) -> str:
    shown = "、".join(numbers[:3])
    return f"{shown} 等 {len(numbers)} 件" if len(numbers) > 3 else f"{shown} "


def _clock(opened: Service, seen: Findings) -> Check:
    now = opened.office.clock.now()
    if seen.newest and now < seen.newest - timedelta(minutes=5):
        said = f"现在是 {dated(now)},可记录里已经有 {dated(seen.newest)}"
        return Check("时钟", "red", said, "校准机器的时间(chrony 或 ntpdate),期限才算得对")
    return Check("时钟", "green", f"{dated(now)}")


def _own_content(opened: Service) -> Iterator[Check]:
    """What the office wrote itself and the house could not take: the last good one serves."""
    place = place_of(opened.settings)
    remedy = f"改好,保存,几秒钟就生效;改不好,以前的在 {place.copies},按日期放着"
    for sentence in opened.live.faults.values():
        yield Check("自己的内容", "red", sentence, remedy)
    if opened.live.layers.own and not opened.live.faults:
        yield Check("自己的内容", "green", f"{place.own},{len(opened.live.layers.own)} 个文件")


def _content(opened: Service) -> Check:
    folder, units = opened.settings.content, len(opened.office.content.organisation.units)
    if not opened.settings.has_own_content:
        own = opened.settings.data_dir.resolve() / "content"
        remedy = f"cp -R {folder} {own},改成本省的单位,再设 XIANGSHENG_CONTENT={own}"
        return Check("内容", "yellow", f"用的是程序自带的演示机构,{units} 个单位", remedy)
    if unsaid := _unsaid(opened.office.content.texts):
        shown = "、".join(unsaid[:5]) + ("等" if len(unsaid) > 5 else "")
        remedy = f"照 {SHIPPED / 'texts.toml'} 补进 {folder / 'texts.toml'}"
        return Check("内容", "red", f"texts.toml 里少了 {len(unsaid)} 句:{shown}", remedy)
    return Check("内容", "green", f"{folder},{units} 个单位")


def _unsaid(own: Texts) -> list[str]:
    """What the program may have to say and has no words for. Categories are the programme's own."""
    shipped = load_content(Layers(SHIPPED)).texts
    return sorted(key for key in shipped if key not in own and not key.startswith("category."))


async def _keys(opened: Service) -> AsyncIterator[Check]:
    """Without province, discipline office and escrow the intake refuses: red."""
    organisation, keyed = opened.office.content.organisation, await opened.store.keyed_units()
    remedies = {
        organisation.province: await _remedy_at_province(opened),
        organisation.discipline: f"{CARD_FIRST}:xiangsheng init --card card.json",
        organisation.escrow: "xiangsheng init",
    }
    missing = [unit for unit in remedies if unit.id not in keyed]
    for unit in missing:
        yield Check("单位钥匙", "red", f"{unit.name}还没有钥匙,不能登记反映", remedies[unit])
    if not missing:
        yield _keys_below(organisation, keyed)


async def _remedy_at_province(opened: Service) -> str:
    """Its key is made when the first person sets a password."""
    async with opened.office.reading() as reading:
        people = await reading.people.in_unit(opened.office.content.organisation.province.id)
    if not people:
        return "xiangsheng init --first 省级第一个人"
    first = people[0]
    return (
        f"请{first.name}打开邀请链接设密码,钥匙那时生成;"
        f"链接丢了或过期了:xiangsheng staff login-link {first.id}"
    )


def _keys_below(organisation: Organisation, keyed: set[str]) -> Check:
    chain = (Level.COUNTY, Level.CITY)
    without = [
        u.name for u in organisation.units.values() if u.level in chain and u.id not in keyed
    ]
    if without:
        said = f"{len(without)} 个市县还没有钥匙,它们的件交给上一级"
        remedy = "xiangsheng staff add 称呼 --unit 单位编号(编号看 xiangsheng export offices)"
        return Check("单位钥匙", "yellow", said, remedy)
    return Check("单位钥匙", "green", "各单位都有")


async def _teams(opened: Service) -> AsyncIterator[Check]:
    """Who can open a unit's cases hangs on people whose posts end: said before it happens."""
    offices, now = opened.office.content.organisation, opened.office.clock.now()
    units = [unit for unit, _ in offices.tree(offices.province.id)]
    async with opened.office.reading() as reading:
        colleagues = await reading.people.colleagues([unit.id for unit in units])
        keyed = await reading.unit_keys.of_units([unit.id for unit in units])
        unfinished = await reading.tickets.unfinished_by_unit()
    found = teams(units, colleagues, keyed).values()
    shut = [
        t.unit for t in found if not t.holders(now) and (t.has_key or unfinished.get(t.unit.id))
    ]
    for unit in shut:
        said = f"{unit.name}没有人打得开它的件,手上有 {unfinished.get(unit.id, 0)} 件没办完"
        remedy = (
            "给有过钥匙的人把岗位续上(xiangsheng staff give),他再让别人进来;"
            "续不上的,请上一级把件改派走"
        )
        yield Check("有钥匙的人", "red", said, remedy)
    lines = list(_running_out([team for team in found if team.holders(now)], now))
    for line in lines:
        yield line
    if not shut and not lines:
        yield Check("有钥匙的人", "green", "有钥匙的单位,都不止一个人,近两周没有人到期")


def _running_out(found: Sequence[Team], now: datetime) -> Iterator[Check]:
    """Of units whose cases somebody can open today."""
    empty = [team.unit.name for team in found if team.last_day(now)]
    if empty:
        said = f"{_named(empty)},两周以内有钥匙的人岗位都到期,到时件没有人打得开"
        remedy = "xiangsheng staff give 把岗位续上,或者先让一位同事进来(工作台“组织”写着哪一天)"
        yield Check("有钥匙的人", "red", said, remedy)
    ends = [c.name for team in found if not team.last_day(now) for c in team.leaving(now)]
    if ends:
        said = f"两周以内岗位到期、钥匙收回的:{_named(ends)}"
        yield Check(
            "有钥匙的人", "yellow", said, "还要做的,到期以前加一次岗位:xiangsheng staff give"
        )
    alone = [team.unit.name for team in found if len(team.holders(now)) == 1]
    if alone:
        said = f"只有一个人有钥匙的:{_named(alone)};他病了、忘了密码,件就没有人打得开"
        remedy = "再请一位同事(工作台“同事”→“请新同事”),设好密码以后让他进来"
        yield Check("有钥匙的人", "yellow", said, remedy)


def _named(names: Sequence[str]) -> str:
    shown = "、".join(names[:3])
    return f"{shown} 等 {len(names)} 个" if len(names) > 3 else shown


def _calendar(opened: Service) -> Check:
    today, calendar = day_of(opened.office.clock.now()), opened.office.calendar
    remedy = (
        "国务院通知出来以后:xiangsheng export calendar 日历.xlsx,添上那一年,"
        "xiangsheng import calendar 日历.xlsx"
    )
    if not calendar.is_known(today):
        said = f"只到 {calendar.last},现在的期限都是估的"
        return Check("工作日历", "red", said, remedy)
    if not calendar.is_known(today + timedelta(days=60)):
        said = f"只到 {calendar.last},之后的期限写“日历未确认”"
        return Check("工作日历", "yellow", said, remedy)
    return Check("工作日历", "green", f"官方放假安排到 {calendar.last}")


async def _discipline(opened: Service) -> Check:
    named = opened.settings.discipline_keys
    if opened.recipient is None:
        remedy = f"{CARD_FIRST}:xiangsheng init --card card.json"
        if named:
            remedy = f"XIANGSHENG_DISCIPLINE_KEYS 写的 {named} 不在:放回卡片,或者去掉这项设置"
        return Check("纪检移交", "red", "没有登记纪检机关的公钥卡片,到日子封存不了", remedy)
    kept = await opened.store.public_of(opened.office.content.organisation.discipline.id)
    if kept not in (None, bytes.fromhex(opened.recipient.card.box)):
        remedy = "把 init 时登记的那张卡片放回来"
        return Check("纪检移交", "red", "卡片和登记过的公钥不是同一把,移交了他们打不开", remedy)
    if not opened.recipient.url:
        remedy = "设 XIANGSHENG_DISCIPLINE_URL;没有网络就每月 xiangsheng batch write 目录,刻盘送去"
        return Check("纪检移交", "yellow", "没有设送达地址", remedy)
    return Check("纪检移交", "green", opened.recipient.url)


async def _months(opened: Service) -> Check:
    """A month that is due and lies nowhere is the worst that can happen to a clue."""
    to = opened.office.content.organisation.discipline.id
    missing = await months_missing(opened.office, to)
    if missing:
        said = f"{'、'.join(missing)} 到日子了还没有封存"
        remedy = f"{AT_WORK};还不行就 xiangsheng jobs run hand-over,照它说的做"
        return Check("每月移交", "red", said, remedy)
    return Check("每月移交", "green", "到日子的月份都封存了")


async def _batches(opened: Service) -> Check:
    async with opened.office.reading() as reading:
        waiting = [row for row in await reading.batches.all() if not row.receipt]
    if not waiting:
        return Check("移交回执", "green", "没有等回执的批次")
    late = [row for row in waiting if opened.office.clock.now() - row.made_at > BATCH_PATIENCE]
    light = "red" if late else "yellow"
    said = f"{'、'.join(row.month for row in late or waiting)} 还没有回执"
    trouble = next((f"({row.trouble})" for row in late or waiting if row.trouble), "")
    return Check(
        "移交回执",
        light,
        said + trouble,
        "xiangsheng batch send,或 xiangsheng batch write 目录,刻盘送去",
    )


async def _alarms(opened: Service) -> Check:
    """Whether an urgent matter reaches anybody who does not look at the desk just now."""
    ways = opened.notifiers.senders
    if not ways:
        remedy = "设 XIANGSHENG_ALARM_SMTP 和 XIANGSHENG_ALARM_FROM(邮件)或 XIANGSHENG_WECOM_URL(企业微信群机器人)"
        return Check("急件提醒", "yellow", "没有设:急件来了,要有人看着工作台才知道", remedy)
    async with opened.office.reading() as reading:
        figures = [each for each in await reading.outbox.figures() if each.channel in ways]
    lost = sum(each.given_up for each in figures)
    if lost:
        remedy = "看邮件服务器、机器人地址对不对;这几件请登录工作台看"
        return Check("急件提醒", "red", f"有 {lost} 条没有送出去", remedy)
    return Check(
        "急件提醒",
        "green",
        "、".join({MAIL: "邮件", WECOM: "企业微信", CHAT: "Telegram"}[way] for way in ways),
    )


async def _rosters(opened: Service) -> Check:
    """Whether the people of each county that has a key would be told; a red one is told of nothing."""
    office, ways = opened.office, opened.notifiers.senders
    keyed, today = await opened.store.keyed_units(), day_of(office.clock.now())
    red, yellow = list[str](), list[str]()
    async with office.reading() as reading:
        for unit in office.content.organisation.at(Level.COUNTY):
            if unit.id not in keyed:
                continue
            lines = await reading.roster.of(unit.id)
            staff = {p.person.id: p for p in await reachable(reading, unit.id, ways)}
            absences = await reading.absences.of(list(staff))
            away = away_at(absences, office.clock.now())
            look = remarks(
                lines, today, staff=staff, names={}, above="", calendar=office.calendar, absences=absences
            )  # fmt: skip
            if not lines or not on_duty(lines, today, staff, away):
                red.append(unit.name)
            elif any(each.is_hole for each in look):
                yellow.append(unit.name)
    remedy = "请他们的督办员、分管领导或者派单员在工作台“值班”里排班,每个人在“怎么通知我”里填邮箱、试一条"
    if red:
        said = f"{_units(red)}没有值班表,或者今天没有一个通知得到的人:急件来了不知道"
        return Check("值班表", "red", said, remedy)
    if yellow:
        said = f"{_units(yellow)}往后两个星期有空着的日子,那几天通知督办员、分管领导"
        return Check("值班表", "yellow", said, "请他们在工作台“值班”里看哪几天,补上")
    return Check("值班表", "green", "有钥匙的县都排了,今天都有人通知得到")


def _units(names: list[str]) -> str:
    return "、".join(names[:3]) + (f" 等 {len(names)} 个县" if len(names) > 3 else "")


def _phones(opened: Service) -> Check:
    counties = opened.office.content.organisation.at(Level.COUNTY)
    known = opened.office.content.county
    today = day_of(opened.office.clock.now())
    has = {u.area for u in counties if opened.office.content.reach(u.area, today).phone}
    empty = [u for u in counties if u.area not in has or known(u.area).demo]  # one is invented
    if empty:
        remedy = (
            "县里的人在工作台“县里的数”里填;或者 xiangsheng export offices 单位.xlsx,"
            "填好“举报电话”,xiangsheng import offices 单位.xlsx"
        )
        return Check("举报电话", "yellow", f"{len(empty)} 个县还没登记电话", remedy)
    return Check("举报电话", "green", "都登记了")


def _county_facts(opened: Service) -> Check:
    """What the counties that have a bureau here decided: without it a villager hears other places'."""
    content = opened.office.content
    own = [content.county(unit.area) for unit in content.organisation.at(Level.COUNTY)]
    lacking = sorted((c for c in own if c.missing and not c.demo), key=lambda c: len(c.missing))
    invented, waiting = sum(c.demo for c in own), sum(len(c.unchecked) for c in own)
    remedy = "工作台“县里的数”,或者 xiangsheng export county-facts 各县.xlsx,填好再 import"
    name = opened.knows.gazetteer.name
    if lacking:
        shown = "、".join(f"{name(c.code)}还差 {len(c.missing)} 个" for c in lacking[:3])
        more = f"等 {len(lacking)} 个县" if len(lacking) > 3 else ""
        return Check("县里的数", "yellow", f"{shown}{more}", remedy)
    if invented:
        return Check("县里的数", "yellow", f"{invented} 个县的数是演示的", remedy)
    if waiting:
        return Check(
            "县里的数", "yellow", f"{waiting} 个还没人复核", "请另一个人在工作台“县里的数”里复核"
        )
    return Check("县里的数", "green", "都齐了,都复核过")


def _backup(opened: Service) -> Check:
    mark, remedy = opened.settings.data_dir / MARK, "xiangsheng backup 备份文件.tar(运行手册第八节)"
    if not mark.exists():
        return Check("备份", "yellow", "还没有备份过", remedy)
    last = datetime.fromtimestamp(mark.stat().st_mtime, UTC)
    stale = opened.office.clock.now() - last > BACKUP_PATIENCE
    return Check(
        "备份", "yellow" if stale else "green", f"上次 {dated(last)}", remedy if stale else ""
    )


async def _jobs(opened: Service) -> Check:
    office = opened.office
    async with office.reading() as reading:
        last = await reading.counters.last_run("escalate")
    if last is None:
        return Check("定时任务", "yellow", "还没跑过", AT_WORK)
    silent = office.clock.now() - last
    if silent > timedelta(hours=1):
        light = "red" if silent > JOBS_PATIENCE else "yellow"
        said = f"上次 {dated(last)},催办停了"
        return Check("定时任务", light, said, AT_WORK)
    return Check("定时任务", "green", f"上次 {dated(last)}")
