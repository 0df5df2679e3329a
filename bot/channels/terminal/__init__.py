"""The bot in a terminal: the same reception, one line in, lines out."""

from __future__ import annotations

import asyncio
from typing import TextIO

from bot.reception import Reception, Reply
from casework.refusals import Refusal
from casework.shelves import Inbound


async def talk(reception: Reception, *, stdin: TextIO, stdout: TextIO, caller: str) -> None:
    """Until the input ends or somebody types 再见."""
    _say(stdout, await reception.receive(_line(caller, "", "/menu")))
    number = 0
    while line := await asyncio.to_thread(stdin.readline):
        number += 1
        if line.strip() in ("再见", "exit", "quit"):
            break
        try:
            replies = await reception.receive(_line(caller, str(number), line.strip()))
        except Refusal as refusal:
            replies = (Reply(reception.texts.refused(refusal)),)
        _say(stdout, replies)


def _line(caller: str, number: str, text: str) -> Inbound:
    external = f"{caller}-{number}" if number else ""
    return Inbound(channel="terminal", external_id=external, caller=caller, text=text)


def _say(out: TextIO, replies: tuple[Reply, ...]) -> None:
    for reply in replies:
        out.write(reply.text + "\n")
        for n, (_, label) in enumerate(reply.options, start=1):
            out.write(f"  {n} {label}\n")
    out.write("> ")
    out.flush()
