"""The locks hold everything they need, so installing never has to ask what else there is."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from tests.offices import ROOT

_locked = runpy.run_path(str(ROOT / "scripts/locked.py"))
pins = _locked["pins"]
canonical = _locked["canonical"]

RUN, DEV, BUILD = (
    ROOT / f"requirements{kind}.txt" for kind in ("", "-dev", "-build")
)  # fmt: skip

#: The machines we promise: every supported Python on Linux, and what Debian runs on.
MACHINES = [
    {
        "python_version": f"3.{minor}",
        "python_full_version": f"3.{minor}.0",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for minor in (11, 12, 13, 14)
    for machine in ("x86_64", "aarch64")
]


def asked_for(lock: Path) -> Iterator[Requirement]:
    """What we ask for ourselves: the roots from which the lock was resolved."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if lock != BUILD:
        yield from map(Requirement, project["dependencies"])
    source = lock.with_suffix(".in")
    if source.exists():
        lines = source.read_text(encoding="utf-8").splitlines()
        yield from (Requirement(line) for line in lines if line and not line.startswith("#"))


def missing(lock: Path, machine: dict[str, str]) -> tuple[list[str], set[str]]:
    """Needs that `lock` leaves open on `machine`, and the names that were reached."""
    pinned = pins(lock)
    faults, reached = [], set()
    waiting = [(need, "we") for need in asked_for(lock)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        need, by = waiting.pop()
        name = canonical(need.name)
        if name not in pinned:
            faults.append(f"{by} needs {need}, which is not pinned")
            continue
        pin, marker = pinned[name]
        if marker and not Marker(marker).evaluate(machine):
            faults.append(f"{by} needs {need}, pinned for other machines only: {marker}")
        if not need.specifier.contains(pin, prereleases=True):
            faults.append(f"{by} needs {need}, pinned is {pin}")
        reached.add(name)
        for extra in ("", *need.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in requires(name) or ():
                inner = Requirement(line)
                if inner.marker is None or inner.marker.evaluate({**machine, "extra": extra}):
                    waiting.append((inner, f"{name}=={pin}"))
    return faults, reached


@pytest.mark.parametrize("lock", [RUN, DEV, BUILD], ids=lambda lock: lock.name)
def test_everything_a_pinned_package_needs_is_pinned_for_every_machine(lock: Path) -> None:
    faults = {fault for machine in MACHINES for fault in missing(lock, machine)[0]}

    assert faults == set()


@pytest.mark.parametrize("lock", [RUN, DEV, BUILD], ids=lambda lock: lock.name)
def test_nothing_is_pinned_that_nobody_needs(lock: Path) -> None:
    reached = set().union(*(missing(lock, machine)[1] for machine in MACHINES))

    spare = {name for name, (_, marker) in pins(lock).items() if "win32" not in marker} - reached
    assert spare == set()


def test_a_need_taken_out_of_the_lock_is_noticed(tmp_path: Path) -> None:
    text = DEV.read_text(encoding="utf-8")
    damaged = tmp_path / "requirements-dev.txt"
    damaged.write_text(text.replace("\ncoverage==", "\n#coverage=="), encoding="utf-8")
    damaged.with_suffix(".in").write_text("pytest-cov\n", encoding="utf-8")

    assert any("coverage[toml]" in fault for fault in missing(damaged, MACHINES[0])[0])


@pytest.mark.parametrize("lock", [RUN, DEV, BUILD], ids=lambda lock: lock.name)
def test_every_pin_carries_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    for block in _blocks(text):
        assert "--hash=sha256:" in block
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def _blocks(text: str) -> list[str]:
    blocks: list[str] = []
    for line in text.splitlines():
        if line[:1].isalnum():
            blocks.append(line)
        elif blocks:
            blocks[-1] += line
    return blocks


@pytest.mark.parametrize("lock", [DEV, BUILD], ids=lambda lock: lock.name)
def test_what_is_installed_is_what_is_pinned(lock: Path) -> None:
    differing = []
    for name, (pin, marker) in pins(lock).items():
        try:
            if version(name) != pin:
                differing.append(name)
        except PackageNotFoundError:
            if not marker:
                differing.append(name)

    assert differing == []


def test_the_three_locks_agree() -> None:
    together = {**pins(RUN), **pins(BUILD)}

    assert {name: pin for name, pin in together.items() if pins(DEV).get(name, pin) != pin} == {}
