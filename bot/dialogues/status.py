"""Asking after a report by its code, adding to it, saying it was not solved."""

from __future__ import annotations

import json

from bot.dialogues.outcomes import AddMessage, Reopen, Subscribe
from bot.talk import Look, Say, choose, words
from casework.content import Texts
from casework.receipts import WrongCode, read_code

BACK, ADD, REOPEN = "back", "add", "reopen"


async def ask_after_a_report(texts: Texts, code: str) -> AddMessage | Reopen | None:
    """Her mailbox in plain words, and what she may do with it."""
    code = code or await the_code(texts)
    box = json.loads(await Look("mailbox", code))
    if "refusal" in box:
        await Say(box["refusal"])
        return None
    await Say(box["said"])
    ways = [(ADD, texts("status.add")), (BACK, texts("status.back"))]
    if box["can_reopen"]:
        ways.insert(1, (REOPEN, texts("status.reopen")))
    chosen = await choose("way", texts("status.what_now"), ways)
    if chosen == ADD:
        return AddMessage(code, await words("addition", texts("status.tell")))
    if chosen == REOPEN:
        return Reopen(code)
    await Say(texts("status.left"))
    return None


async def the_code(texts: Texts) -> str:
    """Asked until it is one; the wrong group is named."""
    question, attempt = texts("status.code"), 0
    while True:
        attempt += 1
        try:
            return read_code(await words(f"code {attempt}", question))
        except WrongCode as wrong:
            question = wrong.sentence


async def subscribe_to_training(texts: Texts) -> Subscribe:
    """A craftsman leaves the number that stands on the register."""
    question, attempt = texts("training.phone"), 0
    while True:
        attempt += 1
        typed = "".join(c for c in await words(f"phone {attempt}", question) if c.isdigit())
        if len(typed) == 11 and typed.startswith("1"):
            return Subscribe(typed)
        question = texts("training.phone_again")
