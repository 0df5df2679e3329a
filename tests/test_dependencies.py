"""Nothing is carried in vain: each package is imported by product code, or says why it is here."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement

from tests.offices import ROOT
from tests.test_architecture import ROOMS, imported, sources

PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
BY_NAME, WITH_ANOTHER = (
    set(re.findall(r"^\| `(\w+)` \|", part, re.M))
    for part in PAGE.split("## Not imported by name")[1].split("## Imported, and installed")
)


def product_imports() -> set[str]:
    """The packages of other makers that the rooms import, at the top of a file or later."""
    names = {
        name for _, tree in sources(*ROOMS) for node in ast.walk(tree) for name in imported(node)
    }
    return names - set(ROOMS) - set(sys.stdlib_module_names)


def declared() -> set[str]:
    """What `pyproject.toml` asks for, by the names it is imported by."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        re.sub(r"[-_.]+", "-", Requirement(line).name).lower()
        for line in settings["project"]["dependencies"]
    }
    return {
        module
        for module, makers in packages_distributions().items()
        if not module.startswith("_")
        and any(re.sub(r"[-_.]+", "-", maker).lower() in wanted for maker in makers)
    } - {"python_multipart"}  # the same package under its other name


def test_every_package_is_imported_or_says_why_it_is_here() -> None:
    assert declared() - product_imports() == BY_NAME


def test_every_import_is_asked_for_or_comes_with_what_is() -> None:
    assert product_imports() - declared() == WITH_ANOTHER
