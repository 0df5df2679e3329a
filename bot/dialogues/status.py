"""Asking after a report by its code, adding to it, saying it was not solved."""

from __future__ import annotations

import json

from bot.dialogues.outcomes import AddMessage, Appeal, Rate, Reopen, Subscribe, Withdraw
from bot.talk import Look, Say, choose, words
from casework.content import Texts
from casework.receipts import WrongCode, read_code

BACK, ADD, REOPEN, APPEAL, WITHDRAW = "back", "add", "reopen", "appeal", "withdraw"

#: 回访: 1 解决了 2 没解决 3 还没人来过.
ANSWERS = ("solved", "unsolved", "nobody_came")

Said = AddMessage | Reopen | Rate | Appeal | Withdraw


async def ask_after_a_report(texts: Texts, code: str) -> Said | None:
    """Her mailbox in plain words, and what she may do with it."""
    code = code or await the_code(texts)
    box = json.loads(await Look("mailbox", code))
    if "refusal" in box:
        await Say(box["refusal"])
        return None
    await Say(box["said"])
    chosen = await choose("way", texts("status.what_now"), ways_on(texts, box))
    if chosen in ANSWERS:
        return Rate(code, chosen)
    match chosen:
        case "add":
            return AddMessage(code, await words("addition", texts("status.tell")))
        case "reopen":
            return Reopen(code)
        case "appeal":
            return Appeal(code, await words("appeal", texts("status.appeal_why")))
        case "withdraw" if await surely(texts):
            return Withdraw(code)
    await Say(texts("status.left"))
    return None


def ways_on(texts: Texts, box: dict[str, object]) -> list[tuple[str, str]]:
    """What the state of her report leaves open to her; 回访 comes first, as 1, 2 and 3."""
    ways = [(said, texts(f"status.{said}")) for said in ANSWERS if box["can_rate"]]
    ways.append((ADD, texts("status.add")))
    if box["can_reopen"] and not box["can_rate"]:
        ways.append((REOPEN, texts("status.reopen")))
    if box["can_appeal"]:
        ways.append((APPEAL, texts("status.appeal")))
    if box["can_withdraw"]:
        ways.append((WITHDRAW, texts("status.withdraw")))
    return [*ways, (BACK, texts("status.back"))]


async def surely(texts: Texts) -> bool:
    sides = [("yes", texts("status.withdraw_yes")), ("no", texts("status.withdraw_no"))]
    return await choose("sure", texts("status.withdraw_sure"), sides) == "yes"


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
