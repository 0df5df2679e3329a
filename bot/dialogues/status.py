"""Asking after a report by its code, adding to it, saying it was not solved, reminding.

A code is never an answer that is kept: reception opens the mailbox with it and keeps in its place what
the dialogue needs, the ticket's number and the ways that are open (`Box`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

from bot.dialogues import plain_words as plain
from bot.dialogues.choices import BACK, NO, SKIP, YES, options
from bot.dialogues.outcomes import (
    AddMessage,
    Appeal,
    Forget,
    Rate,
    Remind,
    Reopen,
    Subscribe,
    Withdraw,
)
from bot.talk import Ask, Say, choose, words
from casework.case import RATINGS, Case
from casework.content import Texts

ADD, MINE, LOST = "add", "mine", "lost"
#: The question which way she wants begins so.
WAY = "way"

#: Questions whose answer is a code begin so; "code again" opens her own words.
CODE = "code "
AGAIN = "code again"
KEEP = "code kept"
#: Whether her account may open her case by itself, and whether it does.
MAY, DOES = "may", "does"
REMEMBER, FORGET, OTHER = "remember", "forget", "other"

Said = AddMessage | Reopen | Rate | Appeal | Remind | Withdraw | Forget


@dataclass(frozen=True)
class Box:
    """What stands in a talk for a code: nobody's words, and no code."""

    number: str = ""
    refusal: str = ""  # the code is one, and opens nothing
    wrong: str = ""  # it is no code; asked again with this sentence
    ways: tuple[str, ...] = (ADD,)
    appeal: str = ""  # which of the two is open
    appeal_by: str = ""  # until what day, in words
    account: str = ""  # MAY or DOES open it; '' where it is not asked

    @classmethod
    def of(cls, case: Case, texts: Texts, account: str = "") -> Box:
        box = case.box
        by = texts.day(box.appeal_until) if box.appeal_until else ""
        return cls(
            number=box.number, ways=case.ways, appeal=box.can_appeal, appeal_by=by, account=account
        )

    def to_json(self) -> str:
        return json.dumps(vars(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> Box:
        said = json.loads(kept)
        known = {each.name: said[each.name] for each in fields(cls) if each.name in said}
        return cls(**{**known, "ways": tuple(known.get("ways", (ADD,)))})


async def ask_after_a_report(
    texts: Texts, box_kept: str, files: tuple[str, ...] = ()
) -> Said | None:
    """What she may do with her report, once her code has opened it and its state was said. `files` go
    with what she adds."""
    box = Box.from_json(box_kept) if box_kept else await the_box(texts)
    if box is None:
        await Say(texts("status.lost_told"))
        return None
    if box.refusal:
        await Say(box.refusal)
        return None
    chosen = await which_way(texts, box)
    if chosen in RATINGS:
        return Rate(box.number, chosen)
    match chosen:
        case "add":
            return await what_she_adds(texts, box.number, files)
        case "reopen":
            return Reopen(box.number)
        case "appeal":
            return Appeal(box.number, await words("appeal", appeal_asked(texts, box)))
        case "remind":
            return Remind(box.number)
        case "withdraw" if await surely(texts):
            return Withdraw(box.number)
        case "remember":
            await remembered(texts)
            return None
        case "forget":
            return Forget()
        case "other":
            return await ask_after_a_report(texts, "", files)
    await Say(texts("status.left"))
    return None


async def which_way(texts: Texts, box: Box) -> str:
    """What she wants; her own words are shown as often as she asks."""
    shown = 0
    while True:
        chosen = await Ask(
            f"{WAY} {shown}" if shown else WAY,
            texts("status.what_now"),
            tuple(ways_on(texts, box)),
            free=False,
            plain=plain.NOTHING_ELSE,
            files=True,
        )
        if chosen != MINE:
            return chosen
        shown += 1
        await her_own_words(texts, shown)


async def remembered(texts: Texts) -> None:
    """She is told what it means before she agrees; the code is given once more, for none lies here."""
    sides = [(NO, texts("status.remember_no")), (YES, texts("status.remember_yes"))]
    if await choose("remember", texts("status.remember_means"), sides, plain.REMEMBERED) != YES:
        await Say(texts("status.left"))
        return
    question, attempt = texts("status.remember_code"), 0
    while True:
        attempt += 1
        box = Box.from_json(await words(f"{KEEP} {attempt}", question))
        if not box.wrong:
            break
        question = box.wrong
    done = texts("status.remembered" if box.account else "status.remember_not")
    await Say(box.refusal or done)


async def what_she_adds(texts: Texts, number: str, files: tuple[str, ...]) -> AddMessage:
    """Words, or files one after the other until she says that is all; words end it too."""
    said = await Ask(
        "addition",
        texts("status.files_got", n=len(files)) if files else texts("status.tell"),
        options(texts, "photo", (SKIP,)) if files else (),
        plain=plain.NOTHING_TO_ADD if files else None,
        files=True,
    )
    return AddMessage(number, "" if files and said == SKIP else said, files)


async def the_box(texts: Texts) -> Box | None:
    """Asked until it is a code; the wrong group is named. None where she has none any more."""
    question, attempt = texts("status.code"), 0
    while True:
        attempt += 1
        lost = (LOST, texts("status.lost"))
        said = await words(f"{CODE}{attempt}", question, options=(lost,))
        if said == LOST:
            return None
        box = Box.from_json(said)
        if not box.wrong:
            return box
        question = box.wrong


async def her_own_words(texts: Texts, time: int) -> None:
    """Behind the code once more: whoever finds the talk does not find them in it."""
    box = Box.from_json(await words(f"{AGAIN} {time}", texts("status.code_again")))
    if box.wrong or box.refusal:
        await Say(box.wrong or box.refusal)


def ways_on(texts: Texts, box: Box) -> list[tuple[str, str]]:
    """What her case leaves open to her; 回访 comes first, as 1, 2 and 3."""
    ways = [(way, texts(f"status.{way}")) for way in box.ways]
    after_adding = box.ways.index(ADD) + 1
    ways.insert(after_adding, (MINE, texts("status.mine_shown")))
    more = {MAY: (REMEMBER,), DOES: (OTHER, FORGET)}.get(box.account, ())
    ways += [(way, texts(f"status.{way}")) for way in more]
    return [*ways, (BACK, texts("status.back"))]


def appeal_asked(texts: Texts, box: Box) -> str:
    """What the appeal means and until when, and then why she wants it."""
    means = texts(f"status.appeal_means.{box.appeal}", day=box.appeal_by)
    return f"{means}\n{texts('status.appeal_why')}"


async def surely(texts: Texts) -> bool:
    sides = [(YES, texts("status.withdraw_yes")), (NO, texts("status.withdraw_no"))]
    asked = texts("status.withdraw_sure")
    return await choose("sure", asked, sides, plain.WITHDRAWN) == YES


async def subscribe_to_training(texts: Texts) -> Subscribe:
    """A craftsman leaves the number that stands on the register."""
    question, attempt = texts("training.phone"), 0
    while True:
        attempt += 1
        typed = "".join(c for c in await words(f"phone {attempt}", question) if c.isdigit())
        if len(typed) == 11 and typed.startswith("1"):
            return Subscribe(typed)
        question = texts("training.phone_again")
