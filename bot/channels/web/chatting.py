"""To talk, message by message: each page brings a turn of its own, and a receipt is never part of the talk."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Annotated

from fastapi import File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from bot.channels.web import CHANNEL
from bot.channels.web.cookies import Cookie, talk_cookie
from bot.channels.web.files import MOST_FILES, chosen, hold, still_held
from bot.channels.web.lately import Lately
from bot.channels.web.pages import Pages
from bot.channels.web.receipt import Receipts, as_shown
from bot.channels.web.sent import is_first, new_token, own_token, sending
from bot.channels.web.transcript import (
    THEM,
    Transcript,
    kept_with,
    line,
    lines_of,
    own_line,
    without_promise,
)
from bot.reception import Reply, Step, going_on_from, in_order
from bot.reception.outcomes import menu
from casework.content import Texts
from casework.refusals import Refusal
from casework.reports import bounded
from casework.shelves import Inbound, Talk


@dataclass(frozen=True)
class Chatting:
    pages: Pages
    receipts: Receipts
    lately: Lately = field(default_factory=Lately)

    async def talk(self, request: Request) -> Response:
        """The conversation as far as it is; without a cookie, the first words of it."""
        return self._page(await self._shown_to(self._cookie.of(request)))

    async def say(
        self,
        request: Request,
        text: Annotated[str, Form()] = "",
        file: Annotated[list[UploadFile] | None, File()] = None,
        held: Annotated[list[str] | None, Form()] = None,
        turn: Annotated[str, Form()] = "",
    ) -> Response:
        """One turn. The same words and files again from the same page are one message. What is refused
        comes back to her: the words in their place, the files as `held`."""
        contents = [await each.read() for each in chosen(file or ())]
        sums = [*(held or ()), *(sha256(each).hexdigest() for each in contents)]
        before = await still_held(self.pages.office, (held or ())[:MOST_FILES])
        message = replace(
            sending({"turn": own_token(turn), "text": text}, sums),
            caller=self._cookie.of(request) or secrets.token_urlsafe(24), text=text,
            asks=request.state.caller, files=tuple(each.blob for each in before),
        )  # fmt: skip
        try:
            await self.pages.admit(request)
            return await self.lately.once(
                message.external_id, lambda: self._said(message, contents)
            )
        except Refusal as refusal:
            return await self._not_said(message, self._texts.refused(refusal))

    @property
    def _texts(self) -> Texts:
        return self.pages.texts

    @property
    def _cookie(self) -> Cookie:
        return talk_cookie(secure=self.pages.secure)

    def _page(
        self,
        shown: Sequence[str],
        *,
        code_again: bool = False,
        sentence: str = "",
        typed: str = "",
        held: Sequence[str] = (),
    ) -> Response:
        """The page of a talk. It brings a turn of its own, by which a second press is known;
        `code_again` is the way to the code of a report that may just have been filed. A `sentence` says
        why what she `typed` was not taken; the files are `held`."""
        first = replace(menu(self._texts), text=self._texts("page.talk.first"))
        transcript = Transcript.of(shown or lines_of([first]))
        return self.pages.page(
            "talk",
            422 if sentence else 200,
            lines=transcript.lines,
            newest=transcript.newest if shown and not sentence else -1,
            options=transcript.options,
            promise=self.pages.promise,
            turn=new_token(),
            code_again=code_again,
            sentence=sentence,
            typed=typed,
            held=held,
            again="/talk#newest",
        )

    async def _said(self, message: Inbound, contents: Sequence[bytes]) -> Response:
        """What her words and files lead to, or the page on which they still stand."""
        have = len(message.files)
        taken, refused = await hold(self.pages.office, contents, have, caller=message.asks)
        message = replace(message, files=(*message.files, *(each.blob for each in taken)))
        if refused and not (message.files or message.text.strip()):
            return await self._not_said(message, "\n".join(refused))
        try:
            bounded(message.text)
        except Refusal as refusal:
            why = "\n".join((self._texts.refused(refusal), *refused))
            return await self._not_said(message, why)
        answer = await in_order(lambda: self._turn(message, refused))
        if answer is None:
            answer = await self._answered_before(message.caller)
        self._cookie.give(answer, message.caller)
        return answer

    async def _not_said(self, message: Inbound, sentence: str) -> Response:
        """The talk as it is, with what she wrote and sent still before her."""
        shown = await self._shown_to(message.caller)
        return self._page(shown, sentence=sentence, typed=message.text, held=message.files)

    async def _turn(self, message: Inbound, refused: Sequence[str]) -> Response | None:
        """One turn, which is taken, kept and answered in one block; None where it was taken before. One
        that ends in a report leads to the receipt's page."""
        talk = await self._talk_of(message.caller)
        until_now = (*(talk.shown if talk else ()), own_line(self._texts, message))
        step = kept_with(await self._step(message, talk, refused), until_now)
        async with self.pages.office.files() as files:
            if not await is_first(files, message):
                return None
            await self.pages.reception.keep(files, message, step)
            if not step.filing:
                return self._answered(until_now, step.replies)
            told, goes_on = step.filing.told, bool(step.talk)
            receipt = as_shown(self._texts, told, goes_on=goes_on, refused=refused)
            return await self.receipts.lead_to(files, receipt)

    async def _step(self, message: Inbound, talk: Talk | None, refused: Sequence[str]) -> Step:
        """What the message leads to; after a report the talk goes on only where the place is still to
        be asked."""
        step = going_on_from(talk, await self.pages.reception.turn(message, talk))
        step = without_promise(step, self.pages.promise).after(*map(Reply, refused))
        if step.filing and step.talk and not step.talk.waits:  # nothing is left of what was told
            return replace(step, talk=None)
        return step

    def _answered(self, until_now: Sequence[str], replies: Sequence[Reply]) -> Response:
        """The talk as it is kept; or, where something is shown once, the page itself, which no other
        request gets again."""
        if any(reply.once for reply in replies):
            return self._page([*until_now, *lines_of(replies)])
        return _to_the_talk()

    async def _answered_before(self, caller: str) -> Response:
        """The talk as it stands; where it has ended, that nothing was done a second time."""
        if await self._talk_of(caller):
            return _to_the_talk()
        told = self._texts("talk.said_before")
        return self._page([line(THEM, told)], code_again=True)

    async def _shown_to(self, caller: str) -> Sequence[str]:
        talk = await self._talk_of(caller) if caller else None
        return talk.shown if talk else ()

    async def _talk_of(self, caller: str) -> Talk | None:
        async with self.pages.office.reading() as reading:
            return await reading.talks.load(CHANNEL, caller)


def _to_the_talk() -> Response:
    return RedirectResponse("/talk#newest", 303)
