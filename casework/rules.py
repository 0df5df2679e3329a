"""The rules of handling that policy staff may change: who reviews what, reasons, windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.deadlines import Unit
from casework.refusals import BadInput
from casework.vocabulary import Kind


@dataclass(frozen=True, kw_only=True)
class Window:
    """A length of time a rule gives, and the provision that gives it."""

    amount: int
    unit: Unit
    basis: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a report is not taken, and where to go instead: never a bare refusal."""

    code: str
    label: str
    where: str


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What `handling.toml` says, read once."""

    reviewed_kinds: frozenset[str] = frozenset({"clue"})
    declines: tuple[Reason, ...] = ()
    returning: Window = Window(amount=2, unit=Unit.WORKING_DAYS, basis="")
    extension: Window = Window(amount=30, unit=Unit.DAYS, basis="")
    appeal: Window = Window(amount=30, unit=Unit.DAYS, basis="")
    #: A wish to withdraw so soon after an assignment or a visit may have been pressed out of her.
    pressure: Window = Window(amount=7, unit=Unit.DAYS, basis="")
    #: How long after filing, and after each reminder, the reporter waits before she may remind.
    reminder: Window = Window(amount=3, unit=Unit.WORKING_DAYS, basis="")
    #: How long after it was resolved the reporter has to say whether it is, before it is closed.
    closing: Window = Window(amount=5, unit=Unit.WORKING_DAYS, basis="")

    #: Categories of a matter that cannot be worked on unless it is known whose house it is.
    own_house: frozenset[str] = frozenset()

    def decline(self, code: str) -> Reason:
        for reason in self.declines:
            if reason.code == code:
                return reason
        raise BadInput("请从列出的理由里选一个。")


#: The tables of `handling.toml`; another name is a slip of the pen that would go unnoticed.
TABLES = {
    "review",
    "decline",
    "returning",
    "extension",
    "appeal",
    "pressure",
    "reminder",
    "closing",
    "own_house",
}


def rules_from(table: Mapping[str, Any]) -> Rules:
    """The rules out of a parsed `handling.toml`. Raises `BadInput` naming the fault."""
    if unknown := sorted(set(table) - TABLES):
        raise BadInput(f"handling.toml 里没有 [{unknown[0]}] 这一节。")
    try:
        kinds = frozenset(str(kind) for kind in table["review"]["kinds"])
        return Rules(
            reviewed_kinds=_known(kinds),
            declines=_reasons(table["decline"]),
            returning=_window(table, "returning"),
            extension=_window(table, "extension"),
            appeal=_window(table, "appeal"),
            pressure=_window(table, "pressure"),
            own_house=frozenset(map(str, table.get("own_house", {}).get("categories", ()))),
            # A folder of before there were these has no such section.
            reminder=_window(table, "reminder") if "reminder" in table else Rules.reminder,
            closing=_window(table, "closing") if "closing" in table else Rules.closing,
        )
    except KeyError as missing:
        raise BadInput(f"handling.toml 少了 {missing}。") from None


def _known(kinds: frozenset[str]) -> frozenset[str]:
    if wrong := sorted(kinds - {kind.value for kind in Kind}):
        raise BadInput(f"handling.toml 的 [review]:没有“{wrong[0]}”这一类。")
    if Kind.URGENT.value in kinds:
        raise BadInput("handling.toml 的 [review]:救急的话不能等审核,去掉 urgent。")
    return kinds


def _reasons(rows: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    reasons = tuple(
        Reason(code=str(row["code"]), label=str(row["label"]), where=str(row["where"]))
        for row in rows
    )
    if len({reason.code for reason in reasons}) != len(reasons):
        raise BadInput("handling.toml 里有两条不予受理理由用了同一个 code。")
    return reasons


def _window(table: Mapping[str, Any], name: str) -> Window:
    row = table[name]
    amount = row["amount"]
    try:
        unit = Unit(str(row["unit"]))
    except ValueError:
        raise BadInput(f"handling.toml 的 [{name}]:unit 只能是 h、d 或 wd。") from None
    if type(amount) is not int or amount <= 0:
        raise BadInput(f"handling.toml 的 [{name}]:amount 要是正整数。")
    return Window(amount=amount, unit=unit, basis=str(row["basis"]))
