"""Her mailbox, by the code of her receipt: how her case stands, and what she does or adds there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from bot.channels.web.adding import Typed
from bot.channels.web.files import chosen, still_held
from bot.channels.web.pages import Pages
from bot.channels.web.receipt import Receipts, as_changed
from bot.channels.web.sent import Sent, new_token, press
from bot.dialogues.outcomes import AddMessage, Appeal, Rate, Remind, Reopen, Withdraw
from bot.mailbox import Mine, carried_out, looked_over
from casework.actions.reporting import change_code, written
from casework.actions.taking_back import shown as shown_now
from casework.case import RATINGS, Case
from casework.ports import MailboxKey
from casework.receipts import LENGTH, WrongCode, as_digits, read_code, shown
from casework.refusals import NoSuchReceipt, Refusal

#: What she does on a page of its own, where it is said first what it means.
ASKED_TWICE = ("appeal", "withdraw")
#: Another code instead of hers, open to her whatever became of her case.
RECODE = "recode"


@dataclass(frozen=True)
class Mailbox:
    pages: Pages
    receipts: Receipts

    async def enter(self) -> Response:
        """Where her code is typed."""
        return self.pages.page("status", sentence="", typed="")

    async def status(
        self,
        request: Request,
        code: Annotated[str, Form()] = "",
        mine: Annotated[str, Form()] = "",
    ) -> Response:
        """How the matter stands and what the office wrote; her own words behind a button."""
        return await self.opened(request, code, mine=bool(mine))

    async def sure(
        self,
        request: Request,
        code: Annotated[str, Form()] = "",
        way: Annotated[str, Form()] = "",
    ) -> Response:
        """What it means, before she does what cannot be undone."""
        return await self._asked_twice(request, code, way)

    async def add(self, request: Request) -> Response:
        """A step of hers in her mailbox: a button, or what she adds. Sent twice, it is done once."""
        sent = await Sent.of(request)
        code, typed = sent.words.get("code", ""), Typed.of(sent)
        if sent.words.get("act", "") == RECODE:
            return await self._recoded(request, code)
        if act := sent.words.get("act", ""):
            return await self._pressed(request, code, act, typed)
        return await self._added(request, code, typed, sent.files)

    async def opened(
        self, request: Request, code: str, told: str = "", *, mine: bool = False, refused: str = ""
    ) -> Response:
        """Her case, with what came of the last step above it. What she typed as her code stays."""
        try:
            case = await self._case(request, code)
        except Refusal as refusal:
            return self._not_opened(code, refusal)
        return self.pages.page(
            "mailbox", 422 if refused else 200, case=case, code=read_code(code), told=told,
            refused=refused, mine=mine, typed=Typed.fresh(),
        )  # fmt: skip

    def _not_opened(self, typed: str, refusal: Refusal) -> Response:
        """In groups where there are as many digits as a code has, so that the wrong one is found."""
        digits = "".join(each for each in as_digits(typed) if each.isdigit())
        typed = shown(digits) if len(digits) == LENGTH else typed
        return self.pages.page(
            "status", 422, sentence=self.pages.texts.refused(refusal), typed=typed
        )

    async def _asked_twice(
        self, request: Request, code: str, way: str, *, text: str = "", refused: str = ""
    ) -> Response:
        """Her case itself where that way is not open any more."""
        try:
            case = await self._case(request, code)
        except Refusal as refusal:
            return self._not_opened(code, refusal)
        if way != RECODE and (way not in ASKED_TWICE or way not in case.ways):
            return await self.opened(request, code, refused=refused)
        return self.pages.page(
            "sure", 422 if refused else 200, case=case, code=read_code(code), way=way, text=text,
            refused=refused, token=new_token(),
        )  # fmt: skip

    async def _recoded(self, request: Request, code: str) -> Response:
        """Another code, shown as a receipt is: for half an hour again to this phone, to nobody else."""
        office, texts = self.pages.office, self.pages.texts
        try:
            key = await self._key(request, code)
            case = await shown_now(office, key)
            fresh = await office.intake.another_code()
            async with office.files() as files:
                await change_code(office, files, key, fresh)
                return await self.receipts.lead_to(
                    files,
                    as_changed(
                        texts, fresh.code, due=texts.day(case.next.due) if case.next else "",
                        readers=[case.holder.name] if case.holder else [],
                    ),
                )  # fmt: skip
        except (WrongCode, NoSuchReceipt) as refusal:
            return self._not_opened(code, refusal)

    async def _pressed(self, request: Request, code: str, act: str, typed: Typed) -> Response:
        """A button; refused, she is asked again, with the reason and her words."""
        try:
            deed = _deed(act, await self._number(request, code), typed)
            once = press(f"act {act}", typed.token)
            told = await carried_out(self.pages.office, self.pages.knows, deed, once=once)
        except (WrongCode, NoSuchReceipt) as refusal:
            return self._not_opened(code, refusal)
        except Refusal as refusal:
            why = self.pages.texts.refused(refusal)
            return await self._asked_twice(request, code, act, text=typed.text, refused=why)
        return await self.opened(request, code, told)

    async def _added(
        self, request: Request, code: str, typed: Typed, files: Sequence[UploadFile]
    ) -> Response:
        """Words and files for her report; refused, they stay on the page, unless the code opens nothing."""
        office, caller = self.pages.office, request.state.caller
        try:
            read_code(code)
            written(typed.text, [*typed.blobs, *chosen(files)])
            number = await self._number(request, code)
            typed, refused = await typed.with_sent(office, files, caller=caller)
            if refused:
                return self._not_added(code, typed, refused)
            addition = AddMessage(number, typed.text, typed.blobs)
            told = await carried_out(office, self.pages.knows, addition, once=typed.once)
        except (WrongCode, NoSuchReceipt) as refusal:
            return self._not_opened(code, refusal)
        except Refusal as refusal:
            typed = typed.with_files(await still_held(office, typed.blobs))
            return self._not_added(code, typed, self.pages.texts.refused(refusal))
        return await self.opened(request, code, told)

    def _not_added(self, code: str, typed: Typed, why: str) -> Response:
        return self.pages.page("add", 422, sentence=why, code=code, typed=typed)

    async def _case(self, request: Request, code: str) -> Case:
        return await looked_over(self.pages.office, await self._key(request, code))

    async def _number(self, request: Request, code: str) -> str:
        """The ticket's own."""
        key = await self._key(request, code)
        async with self.pages.office.reading() as reading:
            return await reading.mailboxes.number_of(key)

    async def _key(self, request: Request, code: str) -> MailboxKey:
        own = read_code(code)
        return await self.pages.office.locks.code(own, caller=request.state.caller)


def _deed(act: str, number: str, typed: Typed) -> Mine:
    """What a button of her mailbox asks for; one that we do not know adds what she wrote."""
    match act:
        case "remind":
            return Remind(number)
        case "reopen":
            return Reopen(number)
        case "appeal":
            return Appeal(number, typed.text)
        case "withdraw":
            return Withdraw(number)
        case said if said in RATINGS:
            return Rate(number, said)
        case _:
            return AddMessage(number, typed.text, typed.blobs)
