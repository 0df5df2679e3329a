"""The plan of the house is kept: who may import whom, and the mistakes that would hurt someone."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.offices import CONTENT, ROOT, UNDERSTANDING

ROOMS = (
    "casework", "nlp", "papers", "storage", "bot", "api", "scheduler", "inbox", "library", "runtime",
)  # fmt: skip

#: The discipline office's program is wired by its own command line.
WIRING = {"inbox/cli.py"}

#: Only the wiring may ask the machine what time it is and how it is set up.
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
SURROUNDINGS = {"os.environ", "os.getenv", "os.environb"}

#: Names that carry a villager's words, or who she is.
PRIVATE = {
    "text", "texts", "story", "words", "message", "answer", "body", "content", "plain",
    "caller", "openid", "chat_id", "from_user", "user_id", "sender", "phone", "address", "code",
    "receipt", "password", "token", "link",
}  # fmt: skip
LOGGERS = {"log", "logger", "logging", "_log", "_logger"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log", "msg"}


def present_rooms() -> list[str]:
    return [room for room in ROOMS if (ROOT / room / "__init__.py").exists()]


def sources(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def dotted(node: ast.AST) -> str:
    """The name as written: `datetime.datetime.now`, or nothing where it is not a plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def clock_readings(tree: ast.Module) -> list[int]:
    """Lines that read the machine's clock or its environment."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and any(
            dotted(node) == name or dotted(node).endswith(f".{name}")
            for name in CLOCKS | SURROUNDINGS
        )
    ]


def names_in(node: ast.expr) -> Iterator[str]:
    """Names whose value would be written out; `len(text)` and `refusal.code` tell no words."""
    if isinstance(node, ast.Call) and dotted(node.func) in {"len", "type", "bool"}:
        return
    if dotted(node) == "refusal.code":  # the kind of a refusal, never a receipt's code
        return
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.keyword | ast.FormattedValue):
            yield from names_in(child.value if isinstance(child, ast.keyword) else child)


def telltale_logs(tree: ast.Module) -> list[int]:
    """Lines that log a villager's words or who she is."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if dotted(node.func.value) not in LOGGERS or node.func.attr not in LEVELS:
            continue
        written = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(name in PRIVATE for each in written for name in names_in(each)):
            found.append(node.lineno)
    return found


def lines_of(find: Callable[[ast.Module], list[int]], rooms: Iterable[str]) -> list[str]:
    return [f"{path}:{line}" for path, tree in sources(*rooms) for line in find(tree)]


def contracts_kept(folder: Path) -> tuple[bool, str]:
    """What `lint-imports` says about the rooms of a folder."""
    script = "import sys; from importlinter.cli import lint_imports_command as go; sys.exit(go())"
    ran = subprocess.run(
        [sys.executable, "-c", script, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture
def copied_house(tmp_path: Path) -> Path:
    """The rooms and their contracts, in a folder where walls may be broken."""
    for room in present_rooms():
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add_line(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")


def test_imports_point_down(copied_house: Path) -> None:
    kept, said = contracts_kept(copied_house)

    assert kept, said


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("casework/tickets.py", "import storage"),
        ("casework/tickets.py", "import sqlalchemy"),
        ("nlp/words.py", "import runtime"),
        ("storage/store.py", "import runtime"),
        ("papers/envelope.py", "import nlp"),
    ],
)
def test_a_contract_that_is_broken_fails(copied_house: Path, room: str, line: str) -> None:
    add_line(copied_house / room, line)

    kept, said = contracts_kept(copied_house)

    assert not kept
    assert "BROKEN" in said


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("api/__init__.py", "import storage"),
        ("api/__init__.py", "import bot"),
        ("bot/__init__.py", "import storage"),
        ("scheduler/__init__.py", "import bot"),
        ("inbox/__init__.py", "import storage"),
        ("bot/talk.py", "import bot.channels"),
        ("bot/talk.py", "import aiogram"),
    ],
)
def test_strangers_stay_strangers(copied_house: Path, room: str, line: str) -> None:
    add_line(copied_house / room, line)

    kept, said = contracts_kept(copied_house)

    assert not kept, f"{room} may {line}: {said}"


def test_every_room_stands_under_the_contracts() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    watched = settings["tool"]["importlinter"]["root_packages"]

    assert set(watched) == set(ROOMS)


def test_casework_imports_the_standard_library_alone() -> None:
    outside = {
        f"{path}: {name}"
        for path, tree in sources("casework")
        for node in ast.walk(tree)
        for name in imported(node)
        if name not in sys.stdlib_module_names and name != "casework"
    }

    assert not outside


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module.partition(".")[0]]
    return []


def strings(*rooms: str) -> Iterator[tuple[str, str]]:
    """Every string of a room's code with its place; docstrings are for readers, and left out."""
    for path, tree in sources(*rooms):
        said = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in said
            ):
                yield f"{path}:{node.lineno}", node.value


def test_no_topic_stands_in_the_code_by_its_name() -> None:
    named = [
        (place, said)
        for place, said in strings("nlp", "bot", "api", "casework", "library", "runtime")
        if said in CONTENT.topics and said not in CONTENT.texts
    ]

    assert named == []


def test_no_place_of_the_province_stands_in_the_rooms_that_meet_villagers() -> None:
    places = UNDERSTANDING.gazetteer
    names = {name for _, name in (*places.counties(), *places.cities())}
    short = {re.sub("(回族)?[县市区]$", "", name) for name in names}
    name = re.compile("|".join({"河南", *names, *(each for each in short if len(each) > 1)}))
    code = re.compile(r"(?<!\d)41(\d\d){0,2}(?!\d)")

    found = [
        (place, said)
        for place, said in strings("nlp", "bot", "api")
        if name.search(said) or code.search(said)
    ]

    assert found == []


def test_only_the_wiring_reads_the_clock_and_the_environment() -> None:
    rooms = [room for room in present_rooms() if room != "runtime"]

    found = lines_of(clock_readings, rooms)

    assert [place for place in found if place.partition(":")[0] not in WIRING] == []


def test_no_log_line_carries_a_villagers_words_or_who_she_is() -> None:
    assert lines_of(telltale_logs, present_rooms()) == []


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now()",
        "datetime.datetime.now(tz)",
        "later = now or date.today()",
        "time.time()",
        "os.environ['HOME']",
        "os.getenv('HOME')",
        "clock = datetime.now",
    ],
)
def test_reading_the_clock_is_noticed(line: str) -> None:
    assert clock_readings(ast.parse(line)) == [1]


@pytest.mark.parametrize("line", ["clock.now()", "datetime.fromisoformat(day)", "time(17, 30)"])
def test_being_handed_the_time_is_fine(line: str) -> None:
    assert clock_readings(ast.parse(line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "log.info(text)",
        "log.info('came %s', message.text)",
        "logger.warning(f'from {caller}')",
        "log.info('came', extra={'openid': event.openid})",
        "log.error('no', story=report.story[:20])",
        "logging.debug('x', extra={'who': str(from_user)})",
    ],
)
def test_a_telltale_log_line_is_noticed(line: str) -> None:
    assert telltale_logs(ast.parse(line)) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "log.info('answered', extra={'ticket': number})",
        "log.info('came', extra={'size': len(text)})",
        "log.error('failed', extra={'fault': type(fault).__name__})",
        "log.error('stopped', extra={'fault': refusal.code})",
        "page.info(text)",
    ],
)
def test_verbs_and_ticket_numbers_may_be_logged(line: str) -> None:
    assert telltale_logs(ast.parse(line)) == []


def tracked_files() -> list[Path]:
    """What git keeps; in an unpacked bundle without git, what lies in the rooms."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = [name for name in listed.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def traces_of_a_machine() -> re.Pattern[str]:
    """Registries' hosts and one machine's folders; put together so this file is clean itself."""
    hosts = ("files.python" + "hosted.org", "pypi" + ".org/simple", "registry.npm" + "js.org",
             "proxy.gol" + "ang.org", "--index" + "-url ", "--extra-index" + "-url ", "--trusted" + "-host ",
             "--find" + "-links /", "/arti" + "factory/", "/ne" + "xus/")  # fmt: skip
    folders = (
        r"/home/[a-z][a-z0-9_-]*/",
        "/Users" + r"/[A-Za-z]",
        "/work" + r"/(main|shared)",
        "/root" + r"/\.",
        "/tmp" + r"/[a-z]+_?[a-z]*/brief",
    )
    return re.compile("|".join([*(re.escape(host) for host in hosts), *folders]))


def test_tracked_files_name_no_registry_and_no_folder_of_one_machine() -> None:
    pattern = traces_of_a_machine()

    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked_files()
        if b"\0" not in (raw := path.read_bytes())
        for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1)
        if pattern.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("made", "where"), [("ZoneInfo", "casework/workdays.py"), ("Environment", "papers/pages.py")]
)
def test_the_hour_of_china_and_the_templates_are_made_in_one_place(made: str, where: str) -> None:
    found = [
        path
        for path, tree in sources(*present_rooms())
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func) == made
    ]

    assert found == [where]


def test_no_python_lies_in_content() -> None:
    assert list((ROOT / "content").rglob("*.py")) == []


def test_nothing_that_is_kept_is_a_link() -> None:
    """A link leads somewhere on the machine it was made on: a `.venv` that was one broke every clone."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    kept = subprocess.run(
        ["git", "ls-files", "--stage"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert kept
    assert [line for line in kept.splitlines() if line.startswith("120000")] == []
