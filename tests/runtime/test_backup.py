"""Backup and restore: what comes back is what was kept, and a broken archive changes nothing."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from tests.offices import LEAKING_ROOF, TestOffice
from tests.postgres import Server
from tests.runtime.conftest import House


async def a_report(office: TestOffice) -> str:
    return (await office.office.intake.file(LEAKING_ROOF)).code


@pytest.fixture
def archive(house: House, tmp_path: Path) -> Path:
    """A backup of an office with one report."""
    house.opened(a_report)
    assert house.types("backup", tmp_path / "a.tar").exit_code == 0
    return tmp_path / "a.tar"


@pytest.fixture
def target(house: House, tmp_path: Path) -> House:
    """A new machine: only the keys were put back."""
    new = House(folder=tmp_path / "new", content=house.content)
    new.folder.mkdir()
    return new


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rewritten(archive: Path, change: str, content: bytes | None) -> None:
    """The same archive with one member changed, added, or taken out; the manifest fits again."""
    with tarfile.open(archive) as old:
        files = {m.name: old.extractfile(m).read() for m in old if m.isfile()}  # type: ignore[union-attr]
    files.pop(change, None)
    if content is not None:
        files[change] = content
    sums = {n: sha256(c).hexdigest() for n, c in files.items() if n != "manifest.json"}
    files["manifest.json"] = json.dumps(sums).encode()
    write(archive, files)


def write(archive: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(archive, "w") as new:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))


def test_a_report_is_there_again_after_the_restore(
    house: House, archive: Path, target: House
) -> None:
    for kept in ("keys", "shred"):
        shutil.copytree(house.folder / kept, target.folder / kept)

    result = target.types("restore", archive)

    assert result.exit_code == 0, result.output
    assert "1 件反映" in result.output
    with target.database() as database:
        assert database.execute("SELECT count(*) FROM tickets").fetchone() == (1,)
    assert target.types("log", "verify").exit_code == 0


def test_a_backup_has_no_key_in_it_and_only_its_owner_reads_it(archive: Path) -> None:
    with tarfile.open(archive) as opened:
        names = opened.getnames()

    assert not [name for name in names if "key" in name or "shred" in name]
    assert archive.stat().st_mode & 0o777 == 0o600


def test_a_torn_archive_leaves_the_folder_as_it_was(archive: Path, target: House) -> None:
    whole = archive.read_bytes()
    (target.folder / "keys").mkdir()
    (target.folder / "keys" / "service.key").write_bytes(b"k" * 32)
    before = everything(target.folder)

    for length in (0, 100, len(whole) // 2, len(whole) - 11_000):
        archive.write_bytes(whole[:length])
        assert target.types("restore", archive).exit_code == 1

    assert everything(target.folder) == before
    assert not list(target.folder.parent.glob(".restore-*"))


def test_a_byte_that_changed_is_found_before_anything_moves(archive: Path, target: House) -> None:
    with tarfile.open(archive) as opened:
        at = opened.getmember("xiangsheng.db").offset_data + 5000
    content = bytearray(archive.read_bytes())
    content[at] ^= 0xFF
    archive.write_bytes(content)

    for command in ("verify-backup", "restore"):
        result = target.types(command, archive)
        assert (result.exit_code, "xiangsheng.db" in result.output) == (1, True)

    assert everything(target.folder) == {}


@pytest.mark.parametrize(
    ("change", "content"),
    [
        ("xiangsheng.db", None),
        ("xiangsheng.db", b"not a database" * 400),
        ("keys/service.key", b"k" * 32),
        ("../outside", b"x"),
        ("shred/secrets.bin", b"x"),
    ],
)
def test_an_archive_with_anything_else_in_it_is_refused(
    archive: Path, target: House, change: str, content: bytes | None
) -> None:
    rewritten(archive, change, content)

    result = target.types("restore", archive)

    assert result.exit_code == 1
    assert everything(target.folder) == {}
    assert not (target.folder.parent / "outside").exists()


@pytest.mark.parametrize("manifest", [b"[]", b"{}", b"not json", b'{"xiangsheng.db": 7}'])
def test_an_archive_with_a_strange_manifest_is_refused(
    archive: Path, target: House, manifest: bytes
) -> None:
    write(archive, {"manifest.json": manifest, "xiangsheng.db": b"x"})

    assert target.types("restore", archive).exit_code == 1
    assert everything(target.folder) == {}


def test_a_folder_with_a_database_is_never_overwritten(house: House, archive: Path) -> None:
    before = (house.folder / "xiangsheng.db").read_bytes()

    result = house.types("restore", archive)

    assert (result.exit_code, "不会覆盖" in result.output) == (1, True)
    assert (house.folder / "xiangsheng.db").read_bytes() == before


def test_a_broken_database_is_told_by_verify(archive: Path, tmp_path: Path, house: House) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE other (a)")
    rewritten(archive, "xiangsheng.db", (tmp_path / "other.db").read_bytes())

    result = house.types("verify-backup", archive)

    assert (result.exit_code, "打不开" in result.output) == (1, True)


def test_a_backup_of_nothing_is_refused_and_makes_nothing(house: House, tmp_path: Path) -> None:
    result = house.types("backup", tmp_path / "a.tar")

    assert (result.exit_code, "没有数据库" in result.output) == (1, True)
    assert not house.folder.exists()
    assert not (tmp_path / "a.tar").exists()


def test_the_card_and_the_content_of_its_own_come_back_with_the_data(
    house: House, tmp_path: Path
) -> None:
    house.opened(a_report)
    (house.folder / "discipline-card.json").write_bytes(b"the card")
    offices = (house.content / "offices.toml").read_bytes()
    house.types("backup", tmp_path / "a.tar")
    new = House(folder=tmp_path / "new", content=house.content)

    said = new.types("restore", tmp_path / "a.tar")

    assert said.exit_code == 0, said.output
    assert (new.folder / "discipline-card.json").read_bytes() == b"the card"
    assert (new.folder / "content" / "offices.toml").read_bytes() == offices
    assert f"{new.folder / 'content'}" in said.output


def test_a_card_that_stands_there_already_stays(house: House, tmp_path: Path) -> None:
    house.opened(a_report)
    (house.folder / "discipline-card.json").write_bytes(b"the old card")
    house.types("backup", tmp_path / "a.tar")
    new = House(folder=tmp_path / "new", content=house.content)
    new.folder.mkdir()
    (new.folder / "discipline-card.json").write_bytes(b"the card that was put back")

    assert new.types("restore", tmp_path / "a.tar").exit_code == 0
    assert (new.folder / "discipline-card.json").read_bytes() == b"the card that was put back"


def test_what_no_backup_has_is_named_file_by_file_at_both_ends(
    house: House, tmp_path: Path
) -> None:
    house.opened(a_report)
    new = House(folder=tmp_path / "new", content=house.content)

    at_the_end = house.types("backup", tmp_path / "a.tar").output
    before_the_start = new.types("restore", tmp_path / "a.tar").output

    with tarfile.open(tmp_path / "a.tar") as archive:
        inside = set(archive.getnames())
    apart = {
        str(path.relative_to(house.folder))
        for path in (*house.folder.glob("keys/*"), *house.folder.glob("shred/*"))
        if path.is_file()
    }
    assert len(apart) == 4
    for name in apart:
        assert name not in inside
        assert name in at_the_end
        assert name in before_the_start
    assert "keys/day/" in at_the_end


def test_the_next_question_after_a_backup_is_answered_by_doctor(
    house: House, tmp_path: Path
) -> None:
    house.opened(a_report)
    before = house.types("doctor").output
    house.types("backup", tmp_path / "a.tar")

    after = house.types("doctor").output

    assert "还没有备份过" in before
    assert "备份:上次" in after


@pytest.mark.postgres
def test_the_commands_for_postgresql_work_as_they_are_printed(
    house: House, tmp_path: Path, postgres: Server
) -> None:
    house.settings["XIANGSHENG_DATABASE_URL"] = postgres.create("kept")
    assert house.types("init").exit_code == 0
    (house.folder / "discipline-card.json").write_bytes(b"the card")

    said = house.types("backup", tmp_path / "a.tar")
    assert said.exit_code == 1
    typed = [line for line in said.stderr.splitlines() if line.startswith("(")]
    path = f"{postgres.tools}:{os.environ['PATH']}"
    for line in typed:
        subprocess.run(line, shell=True, check=True, env={**os.environ, "PATH": path})

    assert len(typed) == 2
    dump, files = tmp_path / "a.dump", tmp_path / "a.tar"
    assert {each.stat().st_mode & 0o777 for each in (dump, files)} == {0o600}
    with tarfile.open(files) as archive:
        names = archive.getnames()
    assert {"discipline-card.json", "content/offices.toml", "batches", "uploads/kept"} <= set(names)
    assert not [name for name in names if "keys" in name or "shred" in name]
    listed = subprocess.run(
        [postgres.tools / "pg_restore", "--list", dump], capture_output=True, text=True, check=True
    )
    assert "TABLE DATA public tickets" in listed.stdout
    assert (house.folder / "last-backup").exists()


def at_an_older_version(house: House) -> None:
    """The house says it lacks the last migration, which asks before it changes anything."""
    with house.database() as database:
        database.execute("UPDATE alembic_version SET version_num = '0004'")


def copies(house: House) -> list[Path]:
    return sorted(house.folder.glob("before-upgrade-*.tar"))


def test_every_upgrade_keeps_a_backup_of_its_own_first(house: House) -> None:
    house.opened(a_report)
    for _ in range(3):
        at_an_older_version(house)

        done = house.types("upgrade")

        assert done.exit_code == 0, done.output
    assert len(copies(house)) == 3
    for copy in copies(house):
        assert house.types("verify-backup", copy).exit_code == 0


def test_an_upgrade_of_what_is_newest_says_so_and_copies_nothing(house: House) -> None:
    house.opened(a_report)

    done = house.types("upgrade")

    assert (done.exit_code, "已经是最新" in done.output) == (0, True)
    assert copies(house) == []


def test_an_upgrade_of_nothing_makes_no_house(house: House) -> None:
    done = house.types("upgrade")

    assert (done.exit_code, "xiangsheng init" in done.stderr) == (1, True)
    assert not house.folder.exists()


@pytest.mark.postgres
def test_postgresql_is_not_upgraded_before_it_was_dumped(house: House, postgres: Server) -> None:
    house.settings["XIANGSHENG_DATABASE_URL"] = postgres.create("older")
    assert house.types("init").exit_code == 0
    postgres.psql("UPDATE alembic_version SET version_num = '0004'", database="older")

    refused = house.types("upgrade")
    (house.folder / "last-backup").touch()
    done = house.types("upgrade")

    assert (refused.exit_code, "pg_dump" in refused.stderr) == (1, True)
    assert (done.exit_code, "升到了最新" in done.output) == (0, True)
