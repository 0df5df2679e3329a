"""What she says to an answer: whether it helped, and that her words may be read by those who write them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from bot.channels.web.answers import Answers
from bot.channels.web.pages import Pages
from bot.channels.web.sent import is_first, press
from bot.channels.web.topics import household_of
from bot.dialogues.keeping import blacked_out
from casework.judgements import Judgement, Said
from casework.ports import Office
from casework.refusals import Refusal
from casework.reports import bounded
from nlp.understanding import Answer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judging:
    pages: Pages
    answers: Answers

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
        pages, topics = self.pages, self.pages.office.content.topics
        if slug not in topics or said not in (Said.USEFUL, Said.USELESS):
            return pages.missing("page.no_topic")
        try:
            await pages.admit(request)
            asked = bounded(asked).strip() or topics[slug].question
        except Refusal as refusal:
            return pages.refused(refusal)
        county = pages.county(county)
        judgement = Judgement(said=Said(said), topic=slug, county=county, words=asked)
        await count(pages.office, judgement, token)
        if said == Said.USELESS:
            return self.answers.page(asked, Answer(kind="unknown", county=county), useless=slug)
        answer = pages.knows.answer_for(
            slug, today=pages.today, county=county, household=household_of(persons, grade)
        )
        return self.answers.page(asked, answer, helped=True)

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
        pages = self.pages
        topic = topic if topic in pages.office.content.topics else ""
        said = Said.USELESS if topic else Said.UNANSWERED
        unanswered = Answer(kind="unknown", county=pages.county(county))
        try:
            await pages.admit(request)
            judgement = Judgement(said=said, topic=topic, words=bounded(asked))
            if not self.answers.may_keep(asked):
                return self.answers.page(asked, unanswered)
            async with pages.office.files() as files:
                if await is_first(files, press("kept", token)):
                    await files.judgements.keep(judgement, blacked_out(pages.knows, asked))
        except Refusal as refusal:
            return pages.refused(refusal)
        return self.answers.page(asked, unanswered, kept=True)


async def count(office: Office, judgement: Judgement, token: str) -> None:
    """Once for a page, however often it is sent; a count that is lost costs nobody an answer."""
    try:
        async with office.files() as files:
            if await is_first(files, press("judged", token)):
                await files.judgements.count(judgement)
    except Refusal as refusal:
        log.warning("not counted", extra={"refusal": refusal.code})
