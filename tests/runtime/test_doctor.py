"""Every thing that is broken is a red line with a reason, and a healthy house has none."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casework.offices import Role
from casework.roster import Line
from runtime.cli import app
from tests.offices import COUNTY, DISCIPLINE, LEAKING_ROOF, TestOffice
from tests.promises.processes import environment, run
from tests.runtime.conftest import House

Break = Callable[[House], object]


async def a_report_with_a_photo(office: TestOffice) -> str:
    photo = await office.store.house.blobs.hold(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(500))
    return (await office.office.intake.file(replace(LEAKING_ROOF, attachments=(photo,)))).code


MAIL = {"XIANGSHENG_ALARM_SMTP": "smtp://mail.example", "XIANGSHENG_ALARM_FROM": "me@mail.example"}


A_LEADER = (
    "UPDATE posts SET role = 'leader' WHERE role = 'handler' AND person IN"
    " (SELECT id FROM people WHERE unit = 'housing-410423')"
)


async def somebody_on_duty(office: TestOffice) -> None:
    async with office.reading() as reading:
        (clerk,) = await reading.people.with_key(COUNTY)
    async with office.files() as files:
        await files.roster.add(Line(unit=COUNTY, person=clerk.id))
        await files.ways.keep(clerk.id, "mail", "duty@office.example")


@pytest.fixture
def healthy(house: House, tmp_path: Path) -> House:
    """A staffed office with one report, somebody on duty, and the card of the discipline office."""
    house.opened(a_report_with_a_photo)
    house.opened(somebody_on_duty)
    house.settings.update(MAIL)
    inbox = tmp_path / "inbox"
    made = CliRunner().invoke(app, ["inbox", "init", "--folder", str(inbox)])
    assert made.exit_code == 0, made.output
    box = bytes.fromhex(json.loads((inbox / "card.json").read_bytes())["box"])
    with house.database() as database:
        database.execute("UPDATE unit_keys SET public = ? WHERE unit = ?", (box, DISCIPLINE))
    house.settings["XIANGSHENG_DISCIPLINE_KEYS"] = str(inbox / "card.json")
    return house


def lights(house: House, **settings: str | None) -> dict[str, tuple[str, str, str]]:
    """What `doctor --json` says: light, sentence and remedy by name; red wins over the rest."""
    result = house.types("doctor", "--json", **settings)
    said: dict[str, tuple[str, str, str]] = {}
    for line in result.output.splitlines():
        check = json.loads(line)
        if said.get(check["name"], ("",))[0] != "red":
            said[check["name"]] = (check["light"], check["says"], check["remedy"])
    reds = [name for name, (light, _, _) in said.items() if light == "red"]
    assert result.exit_code == (1 if reds else 0), result.output
    return said


def test_a_healthy_house_has_no_red(healthy: House) -> None:
    said = lights(healthy)

    assert [name for name, (light, _, _) in said.items() if light == "red"] == []
    assert len(said) >= 10


def test_an_invented_phone_is_no_phone(healthy: House) -> None:
    demo = healthy.content / "counties" / "410423.toml"

    before = lights(healthy)["举报电话"][1]
    demo.write_text("demo = false\n", "utf-8")
    after = lights(healthy)["举报电话"][1]

    counties = [int(says.split(" ")[0]) for says in (before, after)]
    assert counties[0] == counties[1] + 1


def sql(*statements: str) -> Break:
    def broken(house: House) -> None:
        with house.database() as database:
            for statement in statements:
                database.execute(statement)

    return broken


def garbage(house: House) -> None:
    for path in house.folder.glob("xiangsheng.db*"):
        path.write_bytes(b"no database" * 1000)


def newer_tables(house: House) -> None:
    with house.database() as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


def exchanged(name: str) -> Break:
    return lambda house: (house.folder / "keys" / f"{name}.key").write_bytes(bytes(32))


def lost_files(house: House) -> None:
    for path in (house.folder / "uploads" / "kept").iterdir():
        path.unlink()


def other_files(house: House) -> None:
    for path in (house.folder / "uploads" / "kept").iterdir():
        path.write_bytes(path.read_bytes() + b"!")


def a_sentence_gone(house: House) -> None:
    path = house.content / "texts.toml"
    words = path.read_text("utf-8")
    path.write_text(words.replace("\nold_rule = ", "\nold = "), "utf-8")


def a_batch_that_waits(house: House) -> None:
    with house.database() as database:
        database.execute(
            "INSERT INTO batches (number, office, month, made_at, count, digest, size, root, "
            "receipt, attempts, trouble) VALUES "
            "('B1', 'discipline', '2026-03', '2026-04-01T08:00:00.000000Z', 3, 'd', 1, x'00', '', 9, '连不上')"
        )


BROKEN: dict[str, tuple[Break, str, str]] = {
    "garbage": (garbage, "数据库", "坏了"),
    "newer tables": (newer_tables, "数据库", "更新的程序"),
    "a leaf taken away": (
        sql('DELETE FROM leaves WHERE "index" = 0'), "公开日志", "对不上",
    ),
    "a leaf rewritten": (
        sql("UPDATE leaves SET body = x'7b7d' WHERE \"index\" = 0"), "公开日志", "对不上",
    ),
    "a leaf added behind the head": (
        sql("INSERT INTO leaves (\"index\", hash, ticket, event, body) VALUES (99, x'00', '', 'x', x'00')"),
        "公开日志", "对不上",
    ),
    "the log rewound": (sql("UPDATE log_head SET size = 0, edge = x''"), "公开日志", "对不上"),
    "a ticket without a leaf": (
        sql("UPDATE leaves SET event = 'other'"), "公开日志", "不在日志里",
    ),
    "a ticket taken away": (
        sql("DELETE FROM history", "DELETE FROM tickets"), "公开日志", "库里没有了",
    ),
    "attachments gone": (lost_files, "附件文件", "1 个附件"),
    "an attachment exchanged": (other_files, "附件文件", "登记时写进日志的对不上"),
    "shred secrets gone": (
        lambda house: (house.folder / "shred" / "secrets.bin").unlink(), "销毁密钥", "不见了",
    ),
    "another service key": (exchanged("service"), "钥匙文件", "不是原来"),
    "another notifier key": (exchanged("notifier"), "钥匙文件", "不是原来"),
    "another signing key": (exchanged("signing"), "钥匙文件", "不是原来"),
    "keys that others read": (
        lambda house: (house.folder / "keys" / "service.key").chmod(0o644), "钥匙文件", "别的用户",
    ),
    "units without keys": (sql("DELETE FROM unit_keys"), "单位钥匙", "没有钥匙"),
    "a message that always fails": (
        sql("INSERT INTO inbound (channel, external_id, day, sealed, done, at, tries, parked) VALUES "
            "('telegram', '1', '2026-11-02', x'00', 1, '2026-11-02T08:00:00.000000Z', 3, 1)"),
        "收到的消息", "1 条消息",
    ),
    "a clock that ran back": (
        sql("UPDATE history SET at = '2199-01-01T00:00:00.000000Z'"), "时钟", "已经有 2199",
    ),
    "no word from the discipline office": (a_batch_that_waits, "移交回执", "2026-03 还没有回执"),
    "a month that lies nowhere": (
        sql("UPDATE tickets SET month = '2026-01'"), "每月移交", "2026-01、2026-02",
    ),
    "nobody reminds": (
        sql("INSERT INTO job_runs (job, at) VALUES ('escalate', '2026-01-01T00:00:00.000000Z')"),
        "定时任务", "停了",
    ),
    "the calendar gone": (
        lambda house: (house.content / "calendar.csv").unlink(), "启动", "calendar.csv",
    ),
    "a sentence that is not there": (a_sentence_gone, "内容", "少了 1 句:answer.old_rule"),
    "broken content": (
        lambda house: (house.content / "deadlines.toml").write_text("["), "启动", "deadlines.toml",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_red_with_its_reason(healthy: House, what: str) -> None:
    harm, name, reason = BROKEN[what]
    harm(healthy)

    said = lights(healthy)

    assert name in said, said
    light, sentence, remedy = said[name]
    assert (light, reason in sentence) == ("red", True), said
    assert remedy


@pytest.mark.parametrize(
    ("setting", "value", "name", "reason"),
    [
        ("XIANGSHENG_PORT", "eighty", "设置", "XIANGSHENG_PORT"),
        ("XIANGSHENG_TELEGRAM_TOKEN_FILE", "/nowhere/token", "设置", "读不出来"),
        ("XIANGSHENG_DATABASE_URL", "postgresql+asyncpg://x@127.0.0.1:9/x", "数据库", "连不上"),
        ("XIANGSHENG_DATABASE_URL", "oracle://x", "设置", "XIANGSHENG_DATABASE_URL"),
        ("XIANGSHENG_DATA_DIR", __file__, "数据库", "数据文件夹用不了"),
        ("XIANGSHENG_DISCIPLINE_KEYS", __file__, "启动", "公钥卡片"),
        ("XIANGSHENG_DISCIPLINE_KEYS", "/nowhere/card.json", "纪检移交", "没有登记"),
        ("XIANGSHENG_CONTENT", "/nowhere", "启动", "内容"),
        ("XIANGSHENG_ALARM_FROM", "", "启动", "XIANGSHENG_ALARM_FROM"),
        ("XIANGSHENG_ALARM_TO", "nobody", "启动", "XIANGSHENG_ALARM_TO"),
        ("XIANGSHENG_WECOM_URL", "robot", "启动", "XIANGSHENG_WECOM_URL"),
        ("XIANGSHENG_ALARM_WECOM", "robot", "启动", "XIANGSHENG_ALARM_WECOM"),
    ],
)
def test_a_setting_that_cannot_work_is_red(
    healthy: House, setting: str, value: str, name: str, reason: str
) -> None:
    light, sentence, remedy = lights(healthy, **{setting: value})[name]

    assert (light, reason in sentence) == ("red", True), sentence
    assert remedy


def test_log_verify_names_what_is_not_as_it_was_filed(healthy: House) -> None:
    before = healthy.types("log", "verify", "--json")
    other_files(healthy)
    changed = healthy.types("log", "verify", "--json")
    said = healthy.types("log", "verify")
    lost_files(healthy)
    missing = healthy.types("log", "verify", "--json")

    assert (before.exit_code, json.loads(before.stdout)["ok"]) == (0, True)
    assert (changed.exit_code, len(json.loads(changed.stdout)["changed"])) == (2, 1)
    assert "文字或附件和日志对不上" in said.output
    assert (missing.exit_code, len(json.loads(missing.stdout)["missing"])) == (2, 1)


def test_whether_anybody_is_told_of_what_cannot_wait_is_said(healthy: House) -> None:
    robot = {"XIANGSHENG_ALARM_WECOM": "https://robot.example/send?key=k"}
    none = dict.fromkeys(MAIL, "")
    unset, well = (lights(healthy, **none, **each)["急件提醒"] for each in ({}, robot))
    sql("INSERT INTO outbox (channel, dedupe, priority, sealed, key, made_at, due, state, worker, "
        "attempts, trouble, provider_id, announcement, craftsman) VALUES "
        "('wecom', 'd', 'a-reply', x'00', 'day', '2026-11-02T08:00:00.000000Z', "
        "'2026-11-02T08:00:00.000000Z', 'failed', '', 1, '', '', '', '')")(healthy)  # fmt: skip
    lost = lights(healthy, **none, **robot)["急件提醒"]

    assert (unset[0], well[0], lost[0]) == ("yellow", "green", "red")
    assert "XIANGSHENG_ALARM_SMTP" in unset[2]
    assert "1 条没有送出去" in lost[1]


@pytest.mark.parametrize(
    ("broken", "light"),
    [
        ("DELETE FROM rosters", "red"),
        ("DELETE FROM ways", "red"),
        ("UPDATE ways SET trouble = '邮件服务器不收:550'", "red"),
        ("DELETE FROM memberships WHERE unit = 'housing-410423'", "red"),
        ("UPDATE rosters SET weekdays = '0,1,2,3,4,5,6'", "green"),
        (A_LEADER, "green"),
        ("DELETE FROM unit_keys WHERE unit = 'housing-410423'", "green"),
    ],
)
def test_a_county_of_which_nobody_would_be_told_is_red(
    healthy: House, broken: str, light: str
) -> None:
    before = lights(healthy)["值班表"]
    sql(broken)(healthy)
    after = lights(healthy)["值班表"]

    assert before[0] == "green"
    assert after[0] == light
    if light == "red":
        assert "鲁山县住建局" in after[1]
        assert "怎么通知我" in after[2]


def test_days_that_nobody_has_are_yellow(healthy: House) -> None:
    sql("UPDATE rosters SET last = '2099-01-01', first = '2098-01-01'",
        A_LEADER)(healthy)  # fmt: skip

    assert lights(healthy)["值班表"][0] == "yellow"


def test_without_any_way_out_every_county_is_red(healthy: House) -> None:
    assert lights(healthy, **dict.fromkeys(MAIL, ""))["值班表"][0] == "red"


def test_a_machine_that_can_make_copies_is_told_so(healthy: House) -> None:
    assert lights(healthy)["重做附件"] == ("green", "照片和录音都能重做", "")


def test_a_machine_that_makes_no_sound_anew_is_yellow_with_a_remedy(healthy: House) -> None:
    """In a process of its own: which ffmpeg there is, is looked up once."""
    env = environment(healthy.folder) | {"IMAGEIO_FFMPEG_EXE": "/nowhere/ffmpeg"}

    told = run("doctor", "--json", env=env, check=False)

    said = {check["name"]: check for check in map(json.loads, told.splitlines())}
    check = said["重做附件"]
    assert check["light"] == "yellow"
    assert check["says"].startswith("录音重做不了:反映照收")
    assert "重新安装" in check["remedy"]


def test_a_setting_nobody_reads_is_named(healthy: House) -> None:
    light, sentence, _ = lights(healthy, XIANGSHENG_PROT="80")["设置"]

    assert light == "yellow"
    assert "XIANGSHENG_PROT" in sentence


def test_looking_changes_nothing(healthy: House) -> None:
    def rows() -> list[object]:
        with closing(sqlite3.connect(healthy.folder / "xiangsheng.db")) as database:
            return [
                database.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
                for table in ("tickets", "history", "leaves", "facts_of_house", "unit_keys")
            ]

    before = rows()
    lights(healthy)

    assert rows() == before


def test_the_sentence_and_not_a_trace_ends_a_command_that_cannot_open_the_store(
    healthy: House,
) -> None:
    garbage(healthy)

    result = healthy.types("log", "verify")

    assert result.exit_code == 1
    assert "坏了" in result.output
    assert "Traceback" not in result.output


def test_postgresql_that_is_away_is_named_without_its_password(house: House) -> None:
    url = "postgresql+asyncpg://somebody:geheim@127.0.0.1:9/x"

    said = lights(house, XIANGSHENG_DATABASE_URL=url)["数据库"]

    assert "127.0.0.1:9" in said[1]
    assert "geheim" not in "".join(said)


def test_a_unit_whose_key_hangs_on_one_person_or_on_nobody_is_said_before_and_after(
    healthy: House,
) -> None:
    def said() -> list[tuple[str, str]]:
        lines = [json.loads(line) for line in healthy.types("doctor", "--json").output.splitlines()]
        return [(e["light"], e["says"]) for e in lines if e["name"] == "有钥匙的人"]

    def ends(days: float) -> None:
        until = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with healthy.database() as database:
            of = f"SELECT id FROM people WHERE unit = '{COUNTY}'"
            database.execute(f"UPDATE posts SET until = ? WHERE person IN ({of})", (until,))

    alone = said()
    ends(30)
    far = said()
    ends(5)
    soon = said()
    ends(-1)
    after = said()

    assert [light for light, _ in alone] == ["yellow"]
    assert "只有一个人有钥匙的" in alone[0][1]
    assert far == alone
    assert [light for light, _ in soon] == ["red", "yellow"]
    assert "鲁山县" in soon[0][1]
    assert "两周以内" in soon[0][1]
    assert (after[0][0], "手上有 1 件" in after[0][1]) == ("red", True)


def test_a_key_that_goes_while_another_stays_is_yellow(healthy: House) -> None:
    async def second(office: TestOffice) -> None:
        async with office.reading() as reading:
            (first,) = await reading.people.in_unit(COUNTY)
        made = await office.hire("督办员丁", COUNTY, Role.SUPERVISOR)
        ring, now = await office.keyring(first), office.clock.now()
        async with office.files() as files:
            await files.people.let_in(ring, made.id, now=now)
            for post in await files.people.posts(made.id):
                await files.people.end(made.id, post, datetime.now(UTC) + timedelta(days=3))

    healthy.opened(second)

    light, _, _ = lights(healthy)["有钥匙的人"]
    every = healthy.types("doctor", "--json").output

    assert light == "yellow"
    assert "两周以内岗位到期、钥匙收回的:督办员丁" in every
