"""The command line over a house of its own: a data folder and a copied content folder."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection, connect
from typing import TypeVar

import pytest
from click.testing import Result
from typer.testing import CliRunner

from runtime.cli import app
from tests.offices import CONTENT_FOLDER, TestOffice, open_office

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class House:
    """What a command finds in its environment, and what it leaves behind."""

    folder: Path
    content: Path
    settings: dict[str, str] = field(default_factory=dict)

    def types(self, *words: str | Path, stdin: str = "", **settings: str | None) -> Result:
        """One `xiangsheng …`, as a person types it."""
        env: dict[str, str | None] = {
            "XIANGSHENG_DATA_DIR": str(self.folder), "XIANGSHENG_CONTENT": str(self.content),
            "XIANGSHENG_KDF_MIB": "1", "XIANGSHENG_KDF_PASSES": "1", "COLUMNS": "200",
            **self.settings, **settings,
        }  # fmt: skip
        return CliRunner().invoke(app, [str(word) for word in words], input=stdin, env=env)

    def opened(self, work: Callable[[TestOffice], Awaitable[T]]) -> T:
        """Something done in the office, which is staffed on its first day."""

        async def doing() -> T:
            staffed = not (self.folder / "xiangsheng.db").exists()
            async with open_office(self.folder, staffed=staffed) as office:
                return await work(office)

        return asyncio.run(doing())

    @contextmanager
    def database(self) -> Iterator[Connection]:
        """The file itself, behind the office's back."""
        with closing(connect(self.folder / "xiangsheng.db")) as connection:
            yield connection
            connection.commit()


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(CONTENT_FOLDER, tmp_path / "content")
    return House(folder=tmp_path / "house", content=tmp_path / "content")
