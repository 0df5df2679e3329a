"""The villager's pages. A single question and the form need no cookie; a talk has one, and so has the
receipt, for half an hour; 退出 ends both. Nothing of a report ever stands in a URL."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile as Upload  # what a form of the request holds

from bot.channels.web.adding import Typed
from bot.channels.web.form import (
    CHANNEL,
    MOST_FILES,
    Draft,
    Page,
    ReportForm,
    chosen,
    hold,
    new_token,
    own_token,
    receipt_page,
)
from bot.channels.web.lately import Lately
from bot.channels.web.slip import Slip
from bot.channels.web.topics import around, household_of, link
from bot.dialogues.asking import WAYS, answer_before, answers_told, meant_as, topics_offered
from bot.dialogues.keeping import blacked_out
from bot.dialogues.outcomes import (
    AddMessage,
    Appeal,
    AskAgain,
    Rate,
    Remind,
    Reopen,
    Withdraw,
)
from bot.dialogues.unclear import ITS_OWN_WAY, together, tried_again
from bot.mailbox import Mine, carried_out, looked_over
from bot.reception import Reception, Reply, Step, going_on_from, in_order
from bot.reception.outcomes import menu
from casework.actions.reporting import written
from casework.case import RATINGS, Case
from casework.content import Texts
from casework.judgements import Judgement, Said
from casework.ports import Office, Passing
from casework.receipts import (
    LENGTH,
    SHOWN_AGAIN,
    WrongCode,
    as_digits,
    find_code,
    may_hold_code,
    read_code,
    shown,
)
from casework.refusals import NoSuchReceipt, Refusal
from casework.reports import bounded, digest_of
from casework.shelves import Inbound, Talk
from casework.workdays import day_of
from nlp.following import Before
from nlp.understanding import Answer, Knowing, Understanding
from nlp.words import letters
from papers.pages import TYPE, VILLAGER, templates

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
#: The pages that are shown once more by their address alone; the others have been sent something.
SHOWN_BY_ADDRESS = {name: f"/{name}" for name in ("talk", "status", "receipt")} | {
    "home": "/", "refused": "/",
}  # fmt: skip
#: How many lines of a talk its page shows again.
MOST_LINES = 40
#: What she does on a page of its own, where it is said first what it means.
ASKED_TWICE = ("appeal", "withdraw")
#: Bytes of the cookie that opens a receipt's page.
COOKIE = 32


@dataclass(frozen=True)
class Pages:
    """The villager's pages over one office."""

    reception: Reception
    office: Office
    knowing: Knowing
    secure: bool
    lately: Lately
    demo: bool
    leaves_for: str
    base_url: str

    @property
    def knows(self) -> Understanding:
        return self.knowing()

    @property
    def cookie(self) -> str:
        return "__Host-talk" if self.secure else "talk"

    @property
    def receipt_cookie(self) -> str:
        return "__Secure-receipt" if self.secure else "receipt"

    @property
    def _texts(self) -> Texts:
        return self.office.content.texts

    def page(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        texts = self.office.content.texts
        again = SHOWN_BY_ADDRESS.get(name, "")
        values = {"texts": texts, "demo": self.demo, "again": again, **values}
        return HTMLResponse(_TEMPLATES.get_template(f"{name}.html").render(values), status)

    async def home(self, county: str = "") -> Response:
        """The first page; `county` is whose answers are given to what is asked from it."""
        county = self._county(county)
        return self.page(
            "home", promise=self.reception.promise(CHANNEL), token=new_token(), common=self._common,
            county=county, whose=self.knows.gazetteer.name(county), again=_with(county),
        )  # fmt: skip

    @property
    def _common(self) -> Sequence[tuple[str, str]]:
        """(slug, question) of what is asked most."""
        topics = self.office.content.topics
        return [(slug, topics[slug].question) for slug in self._texts("home.common").split()]

    def _phones(self, county: str, said: str = "") -> Sequence[tuple[str, str, str]]:
        """(whose, number, mark) of who may be called from here: first those that were just `said`, then
        the county's own; the numbers of three digits stand below every page."""
        content, own = self.office.content, []
        reach = content.reach(county, day_of(self.office.clock.now()))
        if reach.phone:
            own = [(self.knows.gazetteer.name(county), reach.phone, reach.marked(self._texts))]
        lines = [(c.name, c.number, "") for c in content.contacts if len(c.number) > len("119")]
        return sorted([*own, *lines], key=lambda line: line[1] not in said)

    async def ask(
        self,
        request: Request,
        q: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
        county: Annotated[str, Form()] = "",
        before: Annotated[str, Form()] = "",
        useless: Annotated[str, Form()] = "",
        none: Annotated[str, Form()] = "",
        meant: Annotated[str, Form()] = "",
        after: Annotated[str, Form()] = "",
    ) -> Response:
        """One question, one page; no cookie, and nothing kept but that it had no answer. `county` is what the page before was
        answered for. A threat is no question: it is filed, once however often the page is sent. A code
        opens its mailbox, unless what stands beside it cannot wait. `before` is what she asked when the
        answer of the topic `useless` did not help; `none` says that it was none of those offered, `meant`
        which of the ways she took when it was not understood, `after` which answer stood on the page."""
        try:
            await self.office.gate.admit(Passing.TALK, caller=request.state.caller)
            today = day_of(self.office.clock.now())
            county, asked = self._county(county), together(bounded(before), q)
            answer = self.knows.ask(bounded(q), today=today, county=county, before=Before.of(after))
            if not answer.cannot_wait and (code := find_code(q)):
                return await self._mailbox(request, code)
        except Refusal as refusal:
            return self.page("refused", 422, sentence=self._texts.refused(refusal))
        if meant in WAYS:
            answer = meant_as(self.knows, meant, q, answer)
        if answer.kind == "retaliation":
            draft = Draft(story=q, token=own_token(token), pressed="1")
            return await self._onward(request, draft, [])
        if before:
            again = AskAgain(q, before, useless)
            _, answer = tried_again(self.knows, again, today=today, county=county)
        if none and answer.kind == "choices":
            answer = replace(Answer(kind="unknown", county=answer.county), also=answer.also)
        if answer.kind == "unknown" and q.strip():
            unanswered = Judgement(said=Said.UNANSWERED, county=answer.county, words=asked)
            await self._count(unanswered, token)
        return self._answer_page(
            asked, answer, offered=topics_offered(self.knows, answer), after=str(Before.of(after))
        )

    async def topic(
        self, slug: str, county: str = "", city: str = "", persons: str = "", grade: str = ""
    ) -> Response:
        """The page of one question. The link on it that is meant to be sent to somebody has nothing of
        hers in it; those that lead on have the size of her household and its grade."""
        topics = self.office.content.topics
        if slug not in topics:
            return self.page("refused", 404, sentence=self._texts("page.no_topic"))
        today = day_of(self.office.clock.now())
        answer = self.knows.answer_for(
            slug, today=today, county=self._county(county), household=household_of(persons, grade)
        )
        again = link(slug, county=answer.county, city=city, household=answer.household)
        return self._answer_page(topics[slug].question, answer, city=city, again=again)

    async def helped(
        self,
        request: Request,
        slug: Annotated[str, Form()] = "",
        asked: Annotated[str, Form()] = "",
        county: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
        said: Annotated[str, Form()] = "",
        persons: Annotated[str, Form()] = "",
        grade: Annotated[str, Form()] = "",
    ) -> Response:
        """Whether the answer helped, counted once for the page it stood on: that page's token says
        which it was, and nothing says whose. After 没用 she is asked on."""
        topics = self.office.content.topics
        if slug not in topics or said not in (Said.USEFUL, Said.USELESS):
            return self.page("refused", 404, sentence=self._texts("page.no_topic"))
        county = self._county(county)
        try:
            await self.office.gate.admit(Passing.TALK, caller=request.state.caller)
            asked = bounded(asked).strip() or topics[slug].question
        except Refusal as refusal:
            return self.page("refused", 422, sentence=self._texts.refused(refusal))
        judgement = Judgement(said=Said(said), topic=slug, county=county, words=asked)
        await self._count(judgement, token)
        if said == Said.USELESS:
            unanswered = Answer(kind="unknown", county=county)
            return self._answer_page(asked, unanswered, useless=slug)
        today = day_of(self.office.clock.now())
        household = household_of(persons, grade)
        answer = self.knows.answer_for(slug, today=today, county=county, household=household)
        return self._answer_page(asked, answer, helped=True)

    async def _count(self, judgement: Judgement, token: str) -> None:
        """Once for a page, however often it is sent; a count that is lost costs nobody an answer."""
        page = _turn_of("judged", token)
        try:
            async with self.office.files() as files:
                if await files.talks.take(page):
                    await files.talks.done(page)
                    await files.judgements.count(judgement)
        except Refusal as refusal:
            log.warning("not counted", extra={"refusal": refusal.code})

    async def keep(
        self,
        request: Request,
        asked: Annotated[str, Form()] = "",
        topic: Annotated[str, Form()] = "",
        county: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        """She pressed that those who write the answers may read her words: kept once, without what
        tells who she is. What is told of others is no question, and is not kept here."""
        topic = topic if topic in self.office.content.topics else ""
        said = Said.USELESS if topic else Said.UNANSWERED
        unanswered = Answer(kind="unknown", county=self._county(county))
        try:
            await self.office.gate.admit(Passing.TALK, caller=request.state.caller)
            judgement = Judgement(said=said, topic=topic, words=bounded(asked))
            if not self._may_keep(asked):
                return self._answer_page(asked, unanswered)
            async with self.office.files() as files:
                page = _turn_of("kept", token)
                if await files.talks.take(page):
                    await files.talks.done(page)
                    await files.judgements.keep(judgement, blacked_out(self.knows, asked))
        except Refusal as refusal:
            return self.page("refused", 422, sentence=self._texts.refused(refusal))
        return self._answer_page(asked, unanswered, kept=True)

    def _may_keep(self, asked: str) -> bool:
        """Whether these are words of hers, and a question: not a topic's own, nothing that is or sounds
        like a report, a threat, a danger."""
        if not letters(asked) or any(
            asked == t.question for t in self.knows.content.topics.values()
        ):
            return False
        today = day_of(self.office.clock.now())
        found = self.knows.ask(asked, today=today)
        return found.kind not in ITS_OWN_WAY and not found.also

    def _answer_page(
        self,
        asked: str,
        answer: Answer,
        *,
        offered: Sequence[tuple[str, str]] = (),
        city: str = "",
        helped: bool = False,
        useless: str = "",
        kept: bool = False,
        after: str = "",
        again: str = "",
    ) -> Response:
        beside = around(self.knows, answer, city=city)
        return self.page(
            "answer",
            asked=asked,
            answer=answer,
            told=answers_told(self.knows, answer),
            after=str(answer_before(answer)) or after,
            offered=offered,
            common=self._common,
            ways=(*answer.also, *(each for each in WAYS if each not in answer.also)),
            phones=self._phones(answer.county, answer.answer),
            around=beside,
            helped=helped,
            link=link,
            useless=useless,
            kept=kept,
            may_keep=answer.kind == "unknown" and not kept and self._may_keep(asked),
            token=new_token(),
            despair=self.knows.is_despair(asked),
            again=again,
        )

    def _county(self, code: str) -> str:
        """A county there is, else none."""
        return code if len(code) == 6 and code in self.knows.gazetteer else ""

    def _form(self, request: Request) -> ReportForm:
        promise, caller = self.reception.promise(CHANNEL), request.state.caller
        return ReportForm(self.office, self.knows, promise, caller)

    async def report_form(self, request: Request) -> Response:
        page = self._form(request).first(Draft.of({}, {}))
        return self.page(page.name, page.status, again="/report", **page.values)

    async def report(self, request: Request) -> Response:
        """One step of the form. Its token is the idempotency key: sent twice, it is one report."""
        words, several, files = await _sent(request)
        draft = Draft.of(words, several)
        if words.get("begin"):  # words from the home page: she goes on writing
            return await self._shown(self._form(request).first(draft))
        if line := dict(words).get("change"):
            return await self._shown(await self._form(request).changed(draft, line))
        return await self._onward(request, draft, files)

    async def _onward(self, request: Request, draft: Draft, files: Sequence[Upload]) -> Response:
        form = self._form(request)
        try:
            return await self._shown(await form.onward(draft, files))
        except Refusal as refusal:
            return await self._shown(await form.again(draft, refusal))

    async def _shown(self, page: Page) -> Response:
        if page.name != "receipt":
            return self.page(page.name, page.status, **page.values)
        cookie = secrets.token_bytes(COOKIE)
        async with self.office.files() as files:
            await files.shown_receipts.keep(cookie, page.values)
        return self._to_the_receipt(cookie)

    def _to_the_receipt(self, cookie: bytes) -> Response:
        answer = RedirectResponse("/receipt", status_code=303)
        answer.set_cookie(
            self.receipt_cookie, cookie.hex(), max_age=int(SHOWN_AGAIN.total_seconds()), path="/receipt",
            secure=self.secure, httponly=True, samesite="strict",
        )  # fmt: skip
        return answer

    async def receipt(self, request: Request) -> Response:
        """What this phone was shown when the report was filed; for half an hour, by its cookie."""
        held = request.cookies.get(self.receipt_cookie, "")
        said = None
        if re.fullmatch(r"[0-9a-f]{64}", held):
            async with self.office.reading() as reading:
                said = await reading.shown_receipts.open(bytes.fromhex(held))
        if said is None:
            texts = self.office.content.texts
            return self.page("refused", 404, sentence=texts("receipt.gone.text"))
        today, base = day_of(self.office.clock.now()), self.base_url or str(request.base_url)
        slip = Slip.of(self.office.content, said["readers"], base=base, today=today)
        return self.page("receipt", slip=slip, **said)

    async def status_form(self) -> Response:
        return self.page("status", sentence="", typed="")

    async def status(
        self,
        request: Request,
        code: Annotated[str, Form()] = "",
        mine: Annotated[str, Form()] = "",
    ) -> Response:
        """How the matter stands and what the office wrote; her own words behind a button."""
        return await self._mailbox(request, code, mine=bool(mine))

    async def _mailbox(
        self, request: Request, code: str, told: str = "", *, mine: bool = False, refused: str = ""
    ) -> Response:
        """Her case, with what came of the last step above it. What she typed as her code stays."""
        try:
            case = await self._case(request, code)
        except Refusal as refusal:
            return self._no_mailbox(code, refusal)
        return self.page(
            "mailbox", 422 if refused else 200, case=case, code=read_code(code), told=told,
            refused=refused, mine=mine, typed=Typed.fresh(),
        )  # fmt: skip

    async def _case(self, request: Request, code: str) -> Case:
        key = await self.office.locks.code(read_code(code), caller=request.state.caller)
        return await looked_over(self.office, key)

    def _no_mailbox(self, typed: str, refusal: Refusal) -> Response:
        """In groups where there are as many digits as a code has, so that the wrong one is found."""
        digits = "".join(each for each in as_digits(typed) if each.isdigit())
        typed = shown(digits) if len(digits) == LENGTH else typed
        return self.page("status", 422, sentence=self._texts.refused(refusal), typed=typed)

    async def sure(
        self,
        request: Request,
        code: Annotated[str, Form()] = "",
        way: Annotated[str, Form()] = "",
    ) -> Response:
        """What it means, before she does what cannot be undone."""
        return await self._asked_twice(request, code, way)

    async def _asked_twice(
        self, request: Request, code: str, way: str, *, text: str = "", refused: str = ""
    ) -> Response:
        """Her case itself where that way is not open any more."""
        try:
            case = await self._case(request, code)
        except Refusal as refusal:
            return self._no_mailbox(code, refusal)
        if way not in ASKED_TWICE or way not in case.ways:
            return await self._mailbox(request, code, refused=refused)
        return self.page(
            "sure", 422 if refused else 200, case=case, code=read_code(code), way=way, text=text,
            refused=refused, token=new_token(),
        )  # fmt: skip

    async def add(self, request: Request) -> Response:
        """A step of hers in her mailbox: a button, or what she adds. Sent twice, it is done once;
        refused, her words and files stay on the page, unless the code opens nothing."""
        words, several, files = await _sent(request)
        code, typed = words.get("code", ""), Typed.of(words, several)
        act = words.get("act", "")
        try:
            own = read_code(code)
            if not act:
                written(typed.text, [*typed.blobs, *chosen(files)])
            key = await self.office.locks.code(own, caller=request.state.caller)
            async with self.office.reading() as reading:
                number = await reading.mailboxes.number_of(key)
            if not act:
                caller = request.state.caller
                typed, refused = await typed.with_files(self.office, files, caller=caller)
                if refused:
                    return self.page("add", 422, sentence=refused, code=code, typed=typed)
            deed = _deed(act, number, typed)
            once = _turn_of(f"act {act}", typed.token) if act else typed.once
            told = await carried_out(self.office, self.knows, deed, once=once)
        except (WrongCode, NoSuchReceipt) as refusal:
            return self._no_mailbox(code, refusal)
        except Refusal as refusal:
            sentence = self._texts.refused(refusal)
            if act:
                return await self._asked_twice(
                    request, code, act, text=typed.text, refused=sentence
                )
            typed = await typed.still_held(self.office)
            return self.page("add", 422, sentence=sentence, code=code, typed=typed)
        return await self._mailbox(request, own, told)

    async def talk(self, request: Request) -> Response:
        """The conversation as far as it is; without a cookie, the first words of it. A receipt is
        never part of it."""
        return self._as_said(await self._shown_to(request.cookies.get(self.cookie, "")))

    async def _shown_to(self, caller: str) -> tuple[str, ...]:
        if not caller:
            return ()
        async with self.office.reading() as reading:
            talk = await reading.talks.load(CHANNEL, caller)
        return talk.shown if talk else ()

    def _as_said(
        self,
        shown_lines: Sequence[str],
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
        lines = [line.split("\t", 1) for line in shown_lines or _lines([first])]
        mine = [n for n, (who, _) in enumerate(lines) if who == "me"]
        said = [n for n, (who, _) in enumerate(lines) if who != "option"]
        newest = -1 if sentence or not shown_lines else mine[-1] + 1 if mine else 0
        return self.page(
            "talk",
            422 if sentence else 200,
            lines=lines,
            newest=newest,
            options=[label for _, label in lines[said[-1] + 1 :]] if said else [],
            promise=self.reception.promise(CHANNEL),
            turn=new_token(),
            code_again=code_again,
            sentence=sentence,
            typed=typed,
            held=held,
            again="/talk#newest",
        )

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
        caller = request.cookies.get(self.cookie) or secrets.token_urlsafe(24)
        contents = [await each.read() for each in chosen(file or ())]
        sums = [*(held or ()), *(sha256(each).hexdigest() for each in contents)]
        message = Inbound(
            channel=CHANNEL, external_id=digest_of({"turn": own_token(turn), "text": text}, sums).hex(),
            caller=caller, text=text, asks=request.state.caller, files=await self._still_held(held or ()),
        )  # fmt: skip
        try:
            await self.office.gate.admit(Passing.TALK, caller=message.asks)
            return await self.lately.once(
                message.external_id, lambda: self._said(message, contents)
            )
        except Refusal as refusal:
            return await self._not_said(message, self._texts.refused(refusal))

    async def _not_said(self, message: Inbound, sentence: str) -> Response:
        """The talk as it is, with what she wrote and sent still before her."""
        lines = await self._shown_to(message.caller)
        return self._as_said(lines, sentence=sentence, typed=message.text, held=message.files)

    async def _said(self, message: Inbound, contents: Sequence[bytes]) -> Response:
        have = len(message.files)
        taken, refused = await hold(self.office, contents, have, caller=message.asks)
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
        answer.set_cookie(
            self.cookie, message.caller, path="/", secure=self.secure, httponly=True, samesite="lax"
        )
        return answer

    async def _still_held(self, blobs: Sequence[str]) -> tuple[str, ...]:
        """Those of an earlier try that lie here still."""
        async with self.office.reading() as reading:
            return tuple([b for b in blobs[:MOST_FILES] if await reading.blobs.held(b)])

    async def _turn(self, message: Inbound, refused: Sequence[str]) -> Response | None:
        """One turn; None where it was taken before. The transcript the page shows again is kept in
        the talk itself, without anything that may be a code; a turn that ends in a report leads to the
        receipt's page, and the talk goes on only where the place is still to be asked."""
        async with self.office.reading() as reading:
            before = await reading.talks.load(CHANNEL, message.caller)
        step = going_on_from(before, await self.reception.turn(message, before))
        step = self._without_promise(step).after(*map(Reply, refused))
        if step.filing and step.talk and not step.talk.waits:  # nothing is left of what was told
            step = replace(step, talk=None)
        until_now = (*(before.shown if before else ()), f"me\t{self._shown_again(message)}")
        again = _lines(reply for reply in step.replies if not reply.once)
        if not step.handed_over:
            again = [*until_now, *again]
        if not step.filing or step.talk:
            kept = tuple(line for line in again[-MOST_LINES:] if not may_hold_code(line))
            step = replace(step, talk=replace(step.talk or Talk(), shown=kept))
        async with self.office.files() as files:
            # Nothing of it waits: it is taken, and done, in the block that answers it.
            if not await files.talks.take(message):
                return None
            await files.talks.done(message)
            await self.reception.keep(files, message, step)
            if not step.filing:
                return self._answered(until_now, step.replies)
            cookie, told = secrets.token_bytes(COOKIE), step.filing.told
            await files.shown_receipts.keep(
                cookie, receipt_page(self._texts, told, goes_on=bool(step.talk), refused=refused)
            )
        return self._to_the_receipt(cookie)

    def _without_promise(self, step: Step) -> Step:
        """The page has the promise at its top: it is repeated only where she is about to hand in."""
        if step.talk and step.talk.asked == "send":
            return step
        promise = self.reception.promise(CHANNEL)
        said = (replace(r, text=r.text.replace(promise, "").strip()) for r in step.replies)
        return replace(step, replies=tuple(each for each in said if each.text))

    def _shown_again(self, message: Inbound) -> str:
        """What she said, as the page may show it to whoever looks at it next."""
        if may_hold_code(message.text):
            return self._texts("page.code")
        n = len(message.files)
        sent = self._texts("page.talk.files", n=n) if n > 1 else self._texts("page.file")
        return "\n".join(filter(None, (message.text, sent if n or not message.text else "")))

    def _answered(self, until_now: Sequence[str], replies: Sequence[Reply]) -> Response:
        """The talk as it is kept; or, where something is shown once, the page itself, which no other
        request gets again."""
        if any(reply.once for reply in replies):
            return self._as_said([*until_now, *_lines(replies)])
        return RedirectResponse("/talk#newest", 303)

    async def _answered_before(self, caller: str) -> Response:
        """The talk as it stands; where it has ended, that nothing was done a second time."""
        async with self.office.reading() as reading:
            if await reading.talks.load(CHANNEL, caller):
                return RedirectResponse("/talk#newest", 303)
        told = self._texts("talk.said_before")
        return self._as_said((f"them\t{told}",), code_again=True)

    async def exit(self, request: Request) -> Response:
        """Quick exit: the talk is gone, the cookies too, and what the browser kept of the pages."""
        caller = request.cookies.get(self.cookie, "")
        if caller:
            async with self.office.files() as files:
                await files.talks.drop(CHANNEL, caller)
        answer = RedirectResponse("/blank", status_code=303)
        answer.headers["Clear-Site-Data"] = '"cache"'
        answer.delete_cookie(TYPE, path="/", secure=self.secure, samesite="lax")
        answer.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True)
        answer.delete_cookie(
            self.receipt_cookie, path="/receipt", secure=self.secure, httponly=True,
            samesite="strict",
        )  # fmt: skip
        return answer

    async def blank(self) -> Response:
        """An empty page that names nothing of this house. It leads on to the operator's choice by itself:
        a form's own redirect to another host is stopped by our policy."""
        answer = self.page("blank")
        if self.leaves_for:
            answer.headers["Refresh"] = f"0; url={self.leaves_for}"
        return answer


_TEMPLATES = templates(HERE / "templates", VILLAGER)


async def _sent(
    request: Request,
) -> tuple[Mapping[str, str], Mapping[str, Sequence[str]], Sequence[Upload]]:
    """What a form brought: the last text of each name, all texts of each name, the files."""
    fields = await request.form(max_files=MOST_FILES + 1, max_fields=60)
    several: dict[str, list[str]] = {}
    for name, each in fields.multi_items():
        if isinstance(each, str):
            several.setdefault(name, []).append(each)
    files = [each for _, each in fields.multi_items() if isinstance(each, Upload)]
    return {name: each[-1] for name, each in several.items()}, several, files


def _with(county: str) -> str:
    return f"/?county={county}" if county else "/"


def _deed(act: str, number: str, typed: Typed) -> Mine:
    """What a button of her mailbox asks for; without one she adds what she wrote."""
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


def _turn_of(what: str, token: str) -> Inbound:
    """A press on the page that this token stood on, which counts once."""
    turn = digest_of({what: own_token(token)}, []).hex()
    return Inbound(channel=CHANNEL, external_id=turn, caller="")


def _lines(replies: Iterable[Reply]) -> list[str]:
    """Lines of the page: who says it, and what."""
    lines = []
    for reply in replies:
        lines.append(f"them\t{reply.text}")
        lines += [f"option\t{label}" for _, label in reply.options]
    return lines


def router(
    reception: Reception,
    office: Office,
    knowing: Knowing,
    *,
    secure_cookie: bool,
    route_class: type[APIRoute],
    demo: bool = False,
    leaves_for: str = "",
    base_url: str = "",
) -> APIRouter:
    """All villager routes, to be mounted at the root; `route_class` takes files in sealed. 退出 ends at
    `leaves_for`, on an empty page where it is ''; `base_url` is where the pages are found from
    outside, '' where only the request itself can say."""
    pages = Pages(reception, office, knowing, secure_cookie, Lately(), demo, leaves_for, base_url)
    routes = APIRouter(
        include_in_schema=False, default_response_class=HTMLResponse, route_class=route_class
    )
    routes.add_api_route("/", pages.home, methods=["GET"])
    routes.add_api_route("/ask", pages.ask, methods=["POST"])
    routes.add_api_route("/helped", pages.helped, methods=["POST"])
    routes.add_api_route("/keep", pages.keep, methods=["POST"])
    routes.add_api_route("/t/{slug}", pages.topic, methods=["GET"])
    routes.add_api_route("/report", pages.report_form, methods=["GET"])
    routes.add_api_route("/report", pages.report, methods=["POST"])
    routes.add_api_route("/receipt", pages.receipt, methods=["GET"])
    routes.add_api_route("/status", pages.status_form, methods=["GET"])
    routes.add_api_route("/status", pages.status, methods=["POST"])
    routes.add_api_route("/status/add", pages.add, methods=["POST"])
    routes.add_api_route("/status/sure", pages.sure, methods=["POST"])
    routes.add_api_route("/talk", pages.talk, methods=["GET"])
    routes.add_api_route("/talk", pages.say, methods=["POST"])
    routes.add_api_route("/exit", pages.exit, methods=["POST"])
    routes.add_api_route("/blank", pages.blank, methods=["GET"])
    return routes
