"""A talk, replayed to its next question; where it ends, what follows from it."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from datetime import date
from typing import Any

from bot.contacts import contacts
from bot.dialogues import asking, report, spoken, status, unclear
from bot.dialogues.outcomes import (
    Alarm,
    AskAgain,
    FileReport,
    Judged,
    Outcome,
    StartAsking,
    StartDanger,
    StartReport,
)
from bot.reception.beginning import begin, begin_a_report, nothing_waits
from bot.reception.hearing import code_or_answer
from bot.reception.outcomes import NAMED, Outcomes, Reply, Step, menu
from bot.talk import Ask, Look, Turn, resume
from casework.content import Texts
from casework.judgements import Judgement, Said
from casework.ports import Office
from casework.refusals import ReadersChanged
from casework.shelves import Inbound, Talk
from casework.workdays import day_of
from nlp.following import NOTHING_BEFORE, Before
from nlp.understanding import Answer, Knowing, Understanding

MISSES = 2


class Driver:
    """Carries a talk on from what she said. It keeps nothing itself."""

    def __init__(self, office: Office, knowing: Knowing, *, web: str = "") -> None:
        self.office, self.knowing, self._web = office, knowing, web
        self.outcomes = Outcomes(office, knowing)

    @property
    def knows(self) -> Understanding:
        return self.knowing()

    @property
    def texts(self) -> Texts:
        return self.office.content.texts

    @property
    def today(self) -> date:
        return day_of(self.office.clock.now())

    def promise(self, channel: str) -> str:
        """Who can know what, on this channel; and where another may be chosen."""
        promise = self.texts(f"promise.{channel}")
        if self._web and channel in NAMED:
            promise += "\n" + self.texts("promise.link", url=self._web)
        return promise

    def contacts(self, county: str) -> str:
        return contacts(self.office.content, self.knows.gazetteer, county, self.today)

    def question(self, message: Inbound, talk: Talk) -> Ask | None:
        """The question that waits for her answer."""
        if not talk.waits:
            return None
        waits = self.replay(message, talk).waits_for
        return waits if isinstance(waits, Ask) else None

    async def ask_after(self, message: Inbound) -> Step:
        """Her report; without its code where she agreed that her account opens it. What opens nothing any
        more is forgotten."""
        if code := await self.outcomes.remembered(message):
            box, told = await self.outcomes.opened(message, code)
            if box.number:
                step = await self.drive(message, begin(message, "status", box=box.to_json()))
                return replace(step.after(*told), remembers=code)
            await self.outcomes.forget(message)
        return await self.drive(message, begin(message, "status"))

    async def by_meaning(
        self,
        message: Inbound,
        text: str,
        misses: int = 0,
        earlier: str = "",
        before: Before = NOTHING_BEFORE,
    ) -> Step:
        """Whatever it is, something sensible follows. `earlier` is what she asked before and goes along
        with it, `before` the answer she had."""
        code, answer = code_or_answer(
            self.knows, text, place=message.place, before=before, today=self.today
        )
        message = replace(message, place=_place_of_what_was_asked(message, answer))
        if code:
            box, told = await self.outcomes.opened(message, code)
            opened = begin(message, "status", box=box.to_json())
            return (await self.drive(message, opened)).after(*told)
        match answer.kind:
            case "urgent":
                return await self.follows(message, StartDanger(text))
            case "retaliation":
                return await self.follows(message, Alarm(text))
            case "human" if answer.answer:  # despair
                return await self.drive(message, begin(message, "despair", text))
            case "human":
                kept = nothing_waits(message, more=(text,) if self.knows.says_what(text) else ())
                whom = Reply(self.contacts(message.place[:6]))
                return Step(kept, (whom, menu(self.texts)))
            case "smalltalk":
                more = (text,) if self.knows.says_what(text) and not answer.county else ()
                kept = nothing_waits(message, before, more)
                return Step(kept, (Reply(answer.answer), menu(self.texts)))
            case "report":
                whole = unclear.together(earlier, text)
                return await self.drive(message, begin_a_report(message, whole))
            case "unknown" if misses + 1 >= MISSES:
                kept = nothing_waits(message, more=(text,))
                return Step(kept, (Reply(self.contacts(message.place[:6])),))
            case _:
                begun = begin(message, "asking", text, earlier=earlier, before=str(before))
                return await self.drive(message, replace(begun, misses=misses), answer)

    async def drive(self, message: Inbound, talk: Talk, answer: Answer | None = None) -> Step:
        """Replay to the next question, performing look-ups on the way. The `answer` to a question that
        was only now understood is not looked for again."""
        while True:
            turn = self.replay(message, talk, answer)
            wanted = turn.waits_for
            if isinstance(wanted, Look):
                found = await self.outcomes.look(wanted)
                talk = replace(talk, looks=(*talk.looks, (turn.key, found)))
                continue
            begun_before = talk.asked and not turn.used  # how it opens was said then
            said = [] if begun_before else [Reply(text) for text in turn.says]
            if isinstance(wanted, Ask):
                said.append(Reply(wanted.text, wanted.options, asked=turn.key))
                misses = talk.misses if turn.key == talk.asked else 0
                return Step(replace(talk, asked=turn.key, misses=misses), tuple(said))
            files = tuple(dict.fromkeys((*talk.files, *message.files)))
            try:
                follows = await self.follows(replace(message, files=files), turn.outcome)
                return follows.after(*said)
            except ReadersChanged as changed:  # she agreed to other readers: she is asked again
                again = await self.drive(message, talk.one_back())
                return again.after(Reply(self.texts.refused(changed)))

    def replay(self, message: Inbound, talk: Talk, answer: Answer | None = None) -> Turn[Outcome]:
        dialogue = self._dialogue(message.channel, talk, answer)
        return resume(dialogue, talk.answers | dict(talk.looks))

    def _dialogue(
        self, channel: str, talk: Talk, answer: Answer | None
    ) -> Coroutine[Any, Any, Any]:
        knows, today, begun = self.knows, self.today, talk.begun
        text, promise, county = begun.text, self.promise(channel), begun.place[:6]
        sent = talk.answers.get(report.POSITION, "")
        told = report.Heard(
            text, talk.told, talk.files, begun.place, position=sent, by_numbers=begun.by_numbers,
            since=begun.since,
        )  # fmt: skip
        match begun.dialogue:
            case "report":
                return report.report_a_problem(knows, promise, told, today)
            case "danger":
                return report.danger(knows, promise, told, today)
            case "status":
                return status.ask_after_a_report(self.texts, begun.box, talk.files)
            case "place":
                return report.the_place_after(knows, begun.ticket)
            case "unsure":
                return asking.not_sure(knows, text, self.contacts(county))
            case "unclear":
                whom = self.contacts(county)
                return unclear.what_was_unclear(self.texts, text, begun.topic, whom)
            case "spoken":
                common = self.texts("home.common").split()
                return spoken.what_it_is(knows, common, self.contacts(county))
            case "despair":
                return asking.despair(knows, text, self.contacts(county))
            case "training":
                return status.subscribe_to_training(self.texts)
            case _:
                before = Before.of(begun.before)
                answer = answer or knows.ask(text, today=today, county=county, before=before)
                whole = unclear.together(begun.earlier, text)
                return asking.answer_a_question(knows, whole, answer, today)

    async def follows(self, message: Inbound, outcome: Outcome | None) -> Step:
        """Another talk, or something done. Raises `ReadersChanged`."""
        match outcome:
            case None:
                return Step(None, (menu(self.texts),))
            case StartReport(text, by_numbers):
                return await self.drive(
                    message, begin_a_report(message, text, by_numbers=by_numbers)
                )
            case StartDanger(text):
                danger = await self.drive(message, begin_a_report(message, text, "danger"))
                return danger.after(*self.comfort(text))
            case Alarm(text):
                return await self._alarm(message, text)
            case StartAsking(text, before):
                return await self.by_meaning(message, text, before=before)
            case AskAgain(text, earlier):
                return await self.asked_again(message, outcome, text, earlier)
            case Judged(judgement):
                step = await self.asked_on(message, judgement)
                return replace(step, judged=(judgement, *step.judged))
            case deed:
                step = await self.outcomes.carried_out(message, deed)
                if step.talk is None:
                    return step
                on = await self.drive(message, step.talk)
                return replace(step, talk=on.talk, replies=(*step.replies, *on.replies))

    async def asked_again(self, message: Inbound, again: AskAgain, text: str, earlier: str) -> Step:
        county = message.place[:6]
        said, answer = unclear.tried_again(self.knows, again, today=self.today, county=county)
        if answer.kind == "unknown":
            return await self.follows(message, asking.not_answered(said, county))
        return await self.by_meaning(message, said, earlier="" if said != text else earlier)

    async def asked_on(self, message: Inbound, judgement: Judgement) -> Step:
        """What follows where the answer helped, where it did not, and where there was none."""
        message = replace(message, place=message.place or judgement.county)
        match judgement.said:
            case Said.USEFUL:
                return Step(None, (menu(self.texts),))
            case Said.USELESS:
                on = begin(message, "unclear", judgement.words, topic=judgement.topic)
            case Said.UNANSWERED:
                on = begin(message, "unsure", judgement.words)
        return await self.drive(message, on)

    async def _alarm(self, message: Inbound, text: str) -> Step:
        """A threat or a leak is filed at once, above the county, and a person is alerted."""
        told = report.Heard(text, since=message.since)
        whole = report.story_of(told.begins(self.knows), text, report.said_before(self.knows, told))
        facts = self.knows.facts(whole, today=self.today)
        filed = FileReport(report.threat(whole, facts), message.files)
        step = await self.outcomes.carried_out(message, filed)
        step = step.after(*self.comfort(text), Reply(self.texts("retaliation.first")))
        # No talk goes on: nothing here may join a threatened person's account to her ticket.
        more = Reply(self.texts("receipt.place.by_code"))
        return replace(step, replies=(*step.replies, more))

    def comfort(self, text: str) -> tuple[Reply, ...]:
        """Whom to call, above all else that is said, where words tell that somebody may end a life."""
        return (Reply(self.texts("despair.first")),) if self.knows.is_despair(text) else ()

    def danger(self, message: Inbound) -> bool:
        return self.knows.is_danger(message.text)


def _place_of_what_was_asked(message: Inbound, answer: Answer) -> str:
    """Where she is: the county she names, which is kept for her next question."""
    if answer.kind in ("answer", "choices", "smalltalk") and answer.county:
        return message.place if message.place.startswith(answer.county) else answer.county
    return message.place
