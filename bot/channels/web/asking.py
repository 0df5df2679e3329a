"""To ask on one page: the first page, one question and its answer, and the page of a topic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from bot.channels.web.answers import Answers, asked_most
from bot.channels.web.draft import Draft
from bot.channels.web.judging import count
from bot.channels.web.mailbox import Mailbox
from bot.channels.web.pages import Pages
from bot.channels.web.reporting import Reporting
from bot.channels.web.sent import new_token, own_token
from bot.channels.web.topics import household_of, link
from bot.dialogues.asking import WAYS, meant_as
from bot.dialogues.outcomes import AskAgain
from bot.dialogues.unclear import together, tried_again
from casework.judgements import Judgement, Said
from casework.receipts import find_code
from casework.refusals import Refusal
from casework.reports import bounded
from nlp.following import Before
from nlp.understanding import Answer


@dataclass(frozen=True)
class Asking:
    """What is typed as a question may be a code or a threat: `mailbox` and `reporting` take it on."""

    pages: Pages
    answers: Answers
    reporting: Reporting
    mailbox: Mailbox

    async def home(self, county: str = "") -> Response:
        """The first page; `county` is whose answers are given to what is asked from it."""
        pages, county = self.pages, self.pages.county(county)
        return pages.page(
            "home", promise=pages.promise, token=new_token(), common=asked_most(pages.office.content),
            county=county, whose=pages.knows.gazetteer.name(county),
            again=f"/?county={county}" if county else "/",
        )  # fmt: skip

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
        """One question, one page; no cookie, and nothing kept but that it had no answer. `county` is
        what the page before was answered for. A threat is no question: it is filed, once however often
        the page is sent. A code opens its mailbox, unless what stands beside it cannot wait. `before` is
        what she asked when the answer of the topic `useless` did not help; `none` says that it was none
        of those offered, `meant` which of the ways she took when it was not understood, `after` which
        answer stood on the page."""
        pages, knows, today = self.pages, self.pages.knows, self.pages.today
        county, left = pages.county(county), Before.of(after)
        try:
            await pages.admit(request)
            asked = together(bounded(before), q)
            answer = knows.ask(bounded(q), today=today, county=county, before=left)
        except Refusal as refusal:
            return pages.refused(refusal)
        if not answer.cannot_wait and (code := find_code(q)):
            return await self.mailbox.opened(request, code)
        if meant in WAYS:
            answer = meant_as(knows, meant, q, answer)
        if answer.kind == "retaliation":
            threat = Draft(story=q, token=own_token(token), pressed="1")
            return await self.reporting.onward(request, threat)
        if before:
            again = AskAgain(q, before, useless)
            _, answer = tried_again(knows, again, today=today, county=county)
        if none and answer.kind == "choices":
            answer = replace(Answer(kind="unknown", county=answer.county), also=answer.also)
        if answer.kind == "unknown" and q.strip():
            unanswered = Judgement(said=Said.UNANSWERED, county=answer.county, words=asked)
            await count(pages.office, unanswered, token)
        return self.answers.page(asked, answer, after=str(left))

    async def topic(
        self, slug: str, county: str = "", city: str = "", persons: str = "", grade: str = ""
    ) -> Response:
        """The page of one question. The link on it that is meant to be sent to somebody has nothing of
        hers in it; those that lead on have the size of her household and its grade."""
        pages, topics = self.pages, self.pages.office.content.topics
        if slug not in topics:
            return pages.missing("page.no_topic")
        answer = pages.knows.answer_for(
            slug,
            today=pages.today,
            county=pages.county(county),
            household=household_of(persons, grade),
        )
        again = link(slug, county=answer.county, city=city, household=answer.household)
        return self.answers.page(topics[slug].question, answer, city=city, again=again)
