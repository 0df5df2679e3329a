"""The first day of a real house: `init`, as often as it is typed, and what `doctor` says after each step."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runtime.cli import app
from runtime.clock import SystemClock
from tests.offices import CONTENT, DISCIPLINE, ESCROW, PASSWORD, PROVINCE, TestOffice
from tests.runtime.conftest import House

Rows = list[tuple[object, ...]]


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return another_card(tmp_path / "inbox")


def another_card(folder: Path) -> Path:
    made = CliRunner().invoke(app, ["inbox", "init", "--folder", str(folder)])
    assert made.exit_code == 0, made.output
    return folder / "card.json"


def rows(house: House, query: str) -> Rows:
    with house.database() as database:
        return database.execute(query).fetchall()


def known(house: House) -> tuple[Rows, Rows, dict[str, bytes]]:
    """Everybody and every key there is, in the database and as files."""
    files = {path.name: path.read_bytes() for path in (house.folder / "keys").glob("*.key")}
    posts = "SELECT group_concat(role) FROM (SELECT role FROM posts WHERE person = id ORDER BY 1)"
    people = f"SELECT id, name, unit, ({posts}) FROM people ORDER BY id"
    return rows(house, people), rows(house, "SELECT * FROM unit_keys ORDER BY unit"), files


def lights(house: House) -> list[tuple[str, str, str, str]]:
    """Light, name, sentence and remedy of every line of `doctor`."""
    said = house.types("doctor", "--json").stdout.splitlines()
    lines = [json.loads(line) for line in said]
    return [(each["light"], each["name"], each["says"], each["remedy"]) for each in lines]


def comes_in(house: House, link: str) -> None:
    """The first person opens the link, as the page does it."""

    async def opening(office: TestOffice) -> None:
        office.clock.at = SystemClock().now()  # his post began when `init` was run
        token, now = link.rpartition("/")[2], office.clock.now()
        async with office.files() as files:
            session = await files.people.use_link(token, "invite", now=now)
            key = await office.locks.new_password(2 * PASSWORD, caller="")
            await files.people.set_password(session.token, key, now=now)

    house.opened(opening)


def link_in(output: str) -> str:
    (link,) = re.findall(r"http\S+/desk/invite/\S+", output)
    return str(link)


def test_init_as_it_is_documented_makes_all_keys_and_the_first_person(
    house: House, card: Path
) -> None:
    said = house.types("init", "--card", card, "--first", "省级第一个人")

    assert said.exit_code == 0, said.output
    people, keys, _ = known(house)
    assert [(name, unit, roles) for _, name, unit, roles in people] == [
        ("省级第一个人", PROVINCE, "dispatcher,supervisor,sysadmin")
    ]
    assert {unit for unit, *_ in keys} == {DISCIPLINE, ESCROW}
    assert (house.folder / "discipline-card.json").read_bytes() == card.read_bytes()
    assert str(house.content) in said.output
    assert f"{len(CONTENT.organisation.units)} 个单位" in said.output


def test_the_card_may_come_later_and_nothing_else_changes(house: House, card: Path) -> None:
    first = house.types("init", "--first", "省级第一个人")
    people, keys, files = known(house)

    second = house.types("init", "--card", card)

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "xiangsheng init --card card.json" in first.output
    assert "xiangsheng init --card" not in second.output
    later_people, later_keys, later_files = known(house)
    assert (later_people, later_files) == (people, files)
    assert [key for key in later_keys if key[0] != DISCIPLINE] == keys


def test_a_second_init_makes_nobody_and_no_key(house: House, card: Path) -> None:
    house.types("init", "--card", card, "--first", "省级第一个人")
    before = known(house)

    again = house.types("init", "--card", card, "--first", "另一个人")

    assert again.exit_code == 0, again.output
    assert known(house) == before
    assert "/desk/invite/" not in again.output
    assert "省级第一个人" in again.output


def test_a_second_card_is_refused_and_the_first_stays(
    house: House, card: Path, tmp_path: Path
) -> None:
    house.types("init", "--card", card)
    before = known(house)

    refused = house.types("init", "--card", another_card(tmp_path / "other"))

    assert (refused.exit_code, "不是同一把" in refused.stderr) == (1, True)
    assert known(house) == before
    assert (house.folder / "discipline-card.json").read_bytes() == card.read_bytes()


def test_a_folder_of_the_demo_is_not_made_a_real_house(house: House) -> None:
    house.folder.mkdir()
    (house.folder / "demo-keys.json").write_text('{"people": {}}', encoding="utf-8")

    refused = house.types("init")

    assert (refused.exit_code, "演示" in refused.stderr) == (1, True)
    assert not (house.folder / "xiangsheng.db").exists()


def test_the_program_s_own_offices_are_said_to_be_a_demo(house: House) -> None:
    said = house.types("init", XIANGSHENG_CONTENT=None)

    assert said.exit_code == 0, said.output
    assert "自带的演示机构" in said.output


def test_under_another_organisation_nothing_starts(house: House, card: Path) -> None:
    house.types("init", "--card", card)
    offices = house.content / "offices.toml"
    offices.write_text(offices.read_text("utf-8").replace(ESCROW, "escrow-99"), "utf-8")

    refused = house.types("log", "verify")

    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)
    assert ESCROW in refused.stderr
    assert "XIANGSHENG_CONTENT" in refused.stderr


def test_a_lost_invitation_is_made_anew_until_the_password_is_set(house: House) -> None:
    house.types("init", "--first", "省级第一个人")

    anew = house.types("staff", "login-link", "省级第一个人").output
    comes_in(house, link_in(anew))

    assert "/desk/login/" in house.types("staff", "login-link", "省级第一个人").output


def test_in_an_empty_folder_doctor_says_what_to_type_and_makes_nothing(house: House) -> None:
    (line,) = [each for each in lights(house) if each[0] == "red"]

    assert "xiangsheng init --card card.json --first" in line[3]
    assert not house.folder.exists()


def test_doctor_names_what_is_missing_and_what_to_type_until_nothing_is(
    house: House, card: Path
) -> None:
    first = house.types("init", "--first", "省级第一个人")
    reds = {(name, says): remedy for light, name, says, remedy in lights(house) if light == "red"}
    assert [name for name, _ in reds] == ["单位钥匙", "单位钥匙", "纪检移交"]
    province, discipline, hand_over = reds.values()
    (person,) = re.findall(r"xiangsheng staff login-link (p-\w+)$", province)
    assert "xiangsheng init --card card.json" in discipline
    assert "xiangsheng init --card card.json" in hand_over

    house.types("init", "--card", card)
    assert [name for light, name, *_ in lights(house) if light == "red"] == ["单位钥匙"]

    assert house.types("staff", "login-link", person).exit_code == 0
    comes_in(house, link_in(first.output))
    left = lights(house)
    assert [line for line in left if line[0] == "red"] == []
    assert [line for line in left if line[0] == "yellow" and not line[3]] == []


def test_a_card_that_is_not_the_one_reports_are_sealed_to_is_red(
    house: House, card: Path, tmp_path: Path
) -> None:
    house.types("init", "--card", card)
    house.settings["XIANGSHENG_DISCIPLINE_KEYS"] = str(another_card(tmp_path / "other"))

    (line,) = [each for each in lights(house) if each[1] == "纪检移交"]

    assert (line[0], "不是同一把" in line[2], bool(line[3])) == ("red", True, True)
