"""`/readyz` says whether a report would be taken now; `/metrics` answers whatever is away."""

from __future__ import annotations

import resource
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from casework.refusals import BadInput
from library.layers import Layers
from library.reading import load_content
from papers.envelope import new_keypair
from runtime.processes import make_app
from runtime.settings import Settings
from runtime.wiring import Service, open_service
from storage.schema import boxes
from tests.disks import left_in
from tests.offices import CONTENT_FOLDER, DISCIPLINE, ESCROW, LEAKING_ROOF, PROVINCE
from tests.postgres import Server

NEEDED = (PROVINCE, DISCIPLINE, ESCROW)


@dataclass(frozen=True)
class Door:
    """A service, and its web side without a network."""

    service: Service
    client: httpx.AsyncClient

    async def why_not(self) -> str:
        """The sentence of a 503, while the process itself is said to live."""
        answer = await self.client.get("/readyz")
        assert answer.status_code == 503, answer.text
        assert (await self.client.get("/healthz")).status_code == 200
        return str(answer.json()["says"])


@asynccontextmanager
async def opened(folder: Path, *, url: str = "", without: str = "") -> AsyncIterator[Door]:
    """A service whose needed units have their keys, but for one."""
    settings = Settings(data_dir=folder, database_url=url, kdf_mib=1, kdf_passes=1, ready_codes=0)
    service = await open_service(settings)
    for unit in NEEDED:
        if unit != without:
            await service.store.make_unit_key(unit, new_keypair()[1])
    transport = httpx.ASGITransport(app=make_app(service, with_worker=False))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://office.test") as client:
            yield Door(service, client)
    finally:
        await service.close()


@contextmanager
def files_that_cannot_grow() -> Iterator[None]:
    """The kernel refuses every byte that is written to a file, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_house_that_takes_reports_is_ready(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        answer = await door.client.get("/readyz")
        await door.service.office.intake.file(LEAKING_ROOF)

    assert (answer.status_code, answer.json()["says"]) == (200, "能收反映。")
    assert left_in(tmp_path / "shred") == ["secrets.bin"]


@pytest.mark.parametrize("unit", NEEDED)
async def test_a_missing_key_that_intake_needs_is_named(tmp_path: Path, unit: str) -> None:
    async with opened(tmp_path, without=unit) as door:
        says = await door.why_not()
        name = door.service.office.content.organisation[unit].name

    assert says.startswith(f"{name}还没有建立钥匙")


async def test_a_key_that_came_later_opens_the_door_without_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path, without=PROVINCE) as door:
        await door.why_not()
        await door.service.store.make_unit_key(PROVINCE, new_keypair()[1])

        assert (await door.client.get("/readyz")).status_code == 200


async def test_a_full_disk_is_said(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        with files_that_cannot_grow():
            says = await door.why_not()

    assert "磁盘满了" in says


async def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        shutil.rmtree(tmp_path / "shred")

        says = await door.why_not()

    assert "写不进去" in says


def test_content_without_the_units_every_report_needs_does_not_start(tmp_path: Path) -> None:
    shutil.copytree(CONTENT_FOLDER, tmp_path / "content")
    offices = tmp_path / "content" / "offices.toml"
    offices.write_text(offices.read_text("utf-8").replace('"escrow"', '"county"'), "utf-8")

    with pytest.raises(BadInput, match="escrow"):
        load_content(Layers(tmp_path / "content"))


@contextmanager
def nobody_listening(server: Server) -> Iterator[None]:
    """Its door is gone and everybody in the room was sent out, as when the machine is down."""
    elsewhere = server.sockets.with_name(f"{server.sockets.name}-away")
    server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'house'")
    server.sockets.rename(elsewhere)
    try:
        yield
    finally:
        elsewhere.rename(server.sockets)


@pytest.mark.postgres
async def test_a_database_that_only_reads_or_went_away_is_said_and_figures_are_still_told(
    tmp_path: Path, postgres: Server
) -> None:
    async with opened(tmp_path, url=postgres.create("house")) as door:
        well = await door.client.get("/readyz"), await door.client.get("/metrics")
        postgres.psql("ALTER DATABASE house SET default_transaction_read_only = on")
        await door.service.store.house.readers.dispose()
        only_reads = await door.why_not()
        with nobody_listening(postgres):
            away, figures = await door.why_not(), await door.client.get("/metrics")

    assert well[0].status_code == 200
    assert "xiangsheng_database_up 1.0" in well[1].text
    assert "只能读" in only_reads
    assert "连不上" in away
    assert figures.status_code == 200
    assert "xiangsheng_database_up 0.0" in figures.text
    assert 'xiangsheng_http_answers_total{status="5xx"}' in figures.text


async def test_starting_takes_back_the_whole_keys_that_townships_were_given(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        await door.service.office.intake.file(LEAKING_ROOF)
        async with door.service.store.files() as files:
            number = (await files.connection.execute(select(boxes.c.ticket))).scalars().first()
            row = {"holder": "township-410423106", "ticket": number, "box": b"x", "sees": "all"}
            await files.connection.execute(boxes.insert().values(row))

    async with opened(tmp_path) as door, door.service.store.reading() as reading:
        holders = await reading.readers.of(str(number))

    assert "township-410423106" not in holders
    assert holders
