"""The state diagram of the docs, drawn from the table itself so that it cannot say anything else."""

from __future__ import annotations

from itertools import groupby

from casework.tickets import NEXT, Action, Status

#: Possible from every open state; drawn once in words instead of as twenty arrows.
FROM_EVERYWHERE = frozenset({Action.REFER, Action.WITHDRAW})


def moves() -> list[tuple[Status, Status, tuple[Action, ...]]]:
    """(from, to, the actions that lead there), in the order of the table."""
    cells = [
        (order, at, to, action)
        for order, ((at, action), to) in enumerate(NEXT.items())
        if at is not to and action not in FROM_EVERYWHERE
    ]
    states = list(Status)
    cells.sort(key=lambda cell: (states.index(cell[1]), states.index(cell[2]), cell[0]))
    return [
        (at, to, tuple(action for *_, action in group))
        for (at, to), group in groupby(cells, key=lambda cell: (cell[1], cell[2]))
    ]


def mermaid() -> str:
    """The diagram as the docs hold it."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.value}' for status in Status]
    lines.append(f"    [*] --> {Status.RECEIVED.value}: {Action.FILE.label}")
    lines += [
        f"    {at.value} --> {to.value}: {'、'.join(action.label for action in actions)}"
        for at, to, actions in moves()
    ]
    return "\n".join(lines)
