"""One message in, a turn out, on every channel alike.

For channels with a queue: the message is stored before anybody acts on it, and what is said, kept and
done about it is one transaction. A message that arrives twice is answered once.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from bot.answers import all_of, understood
from bot.dialogues import asking, keeping, report, status, unclear
from bot.dialogues.outcomes import (
    AddMessage,
    Alarm,
    Appeal,
    AskAgain,
    FileReport,
    Judged,
    KeepWords,
    Outcome,
    Rate,
    Reopen,
    StartAsking,
    StartDanger,
    StartReport,
    Subscribe,
    Unsubscribe,
    Withdraw,
)
from bot.dialogues.report import Heard
from bot.dialogues.status import Box
from bot.dialogues.whom import Readers, report_for
from bot.mailbox import carried_out
from bot.talk import WAITS, Ask, Known, Look, Plain, Turn, resume
from casework.callers import on_channel
from casework.content import Reach, Texts
from casework.judgements import Judgement, Said
from casework.ports import Files, Office, Prepared
from casework.receipts import WrongCode, find_code, read_code, shown, without_codes
from casework.refusals import BadInput, NoSuchReceipt, ReadersChanged, Refusal
from casework.reports import Facts, bounded
from casework.shelves import Inbound, Parcel, Priority, Talk
from casework.workdays import day_of
from nlp.assent import WILL, Sense
from nlp.following import NOTHING_BEFORE, Before
from nlp.picks import ordinal
from nlp.understanding import Answer, Knowing, Understanding
from nlp.words import normalise

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Talks of questions alone: whatever she says instead of an answer is heard anew.
QUESTIONS = ("asking", "unclear", "unsure", "despair")
MENU = ("ask", "report", "status", "human")
MISSES = 2
#: How often a message is heard again because others of the same caller came between.
MOST_MOVES = 20
#: How often a stored message is tried, the first time included.
MOST_TRIES = 3
#: After this long in the middle of a report we ask before we take words for an answer.
LONG_SILENCE = timedelta(hours=3)
RESUME = "resume"
GO_ON = Plain(WILL.to("接着", "继续", "接着说", "继续说"), {Sense.YES: "on"})
#: Under which a scanned place is kept with the talk, and the answer she had last.
PLACE, BEFORE = "begin place", "begin before"


@dataclass(frozen=True)
class Reply:
    """One thing said, with the options that go under the last one."""

    text: str
    options: tuple[tuple[str, str], ...] = ()
    once: bool = False  # shown now, and part of nothing that is shown again


@dataclass(frozen=True)
class Step:
    """What a message leads to: the talk as it is kept, what is said, and the report it ends in. The
    three belong into one transaction: `Reception.keep`, and whatever says the replies."""

    talk: Talk | None
    replies: tuple[Reply, ...]
    filing: Prepared | None = None
    since: str | None = None  # the mark of the talk that this step goes on from, None without one
    added: bool = False  # what she said is with a report that was filed before
    judged: tuple[Judgement, ...] = ()  # what became of her questions, to be counted
    agreed: Judgement | None = None  # whose words may be read

    @property
    def handed_over(self) -> bool:
        """What was said until now lies with the office, sealed: nothing here may show it again."""
        return self.added or self.filing is not None


class TalkMoved(Exception):
    """Another message of hers was answered meanwhile: this one is heard again, after it."""


#: What a stored message leads to.
Hear = Callable[[Inbound], Awaitable[Step]]


class Reception:
    """Whoever comes is heard here first."""

    def __init__(self, office: Office, knowing: Knowing) -> None:
        self.office, self.knowing = office, knowing

    @property
    def knows(self) -> Understanding:
        return self.knowing()

    @property
    def texts(self) -> Texts:
        return self.office.content.texts

    async def receive(self, message: Inbound) -> tuple[Reply, ...]:
        """For channels that show the answer at once. Raises `Refusal` and keeps nothing then."""

        async def said() -> tuple[Reply, ...]:
            async with self.office.reading() as reading:
                talk = await reading.talks.load(message.channel, message.caller)
            step = going_on_from(talk, await self.turn(message, talk))
            async with self.office.files() as files:
                await self.keep(files, message, step)
            return step.replies

        return await in_order(said)

    async def take(self, message: Inbound) -> bool:
        """Store a message durably. False when it was here before."""
        async with self.office.files() as files:
            return await files.talks.take(message)

    async def heard(self, message: Inbound) -> Step:
        """What a stored message leads to; a refusal is an answer too."""
        async with self.office.reading() as reading:
            talk = await reading.talks.load(message.channel, message.caller)
        try:
            step = await self.turn(message, talk)
        except Refusal as refusal:
            step = Step(talk, (Reply(self.texts.refused(refusal)),))
        return going_on_from(talk, step)

    async def without_file(self, message: Inbound, excuse: str) -> Step:
        """A file that did not come is said to be lost; words that came with it are heard all the same."""
        if message.text:
            step = await self.heard(message)
        else:
            async with self.office.reading() as reading:
                talk = await reading.talks.load(message.channel, message.caller)
            step = going_on_from(talk, Step(talk, ()))
        return replace(step, replies=(Reply(excuse), *step.replies))

    def scanned(self, scene: str) -> str:
        """The place that a scanned code or a link names; '' where it says nothing to us."""
        code = scene.removeprefix("place_")
        return code if len(code) >= 6 and code in self.knows.gazetteer else ""

    async def answer(self, message: Inbound, hear: Hear | None = None) -> None:
        """Answer a stored message: report, talk, outbox rows and the mark 'done' are one transaction.
        `hear` is for a channel that fetches files first."""

        async def answered() -> None:
            step = await (hear or self.heard)(message)
            async with self.office.files() as files:
                if not await files.talks.done(message):
                    return
                await self.keep(files, message, step)
                for n, reply in enumerate(step.replies):
                    await files.outbox.add(_parcel(message, n, reply))

        await in_order(answered)

    async def left(self, channel: str) -> Sequence[Inbound]:
        """What was taken and not answered, those tried least first."""
        async with self.office.reading() as reading:
            return await reading.talks.pending(channel)

    async def once_more(self, message: Inbound, hear: Hear | None = None) -> None:
        """Answer what was left behind; what fails again stays, and after `MOST_TRIES` it is parked.
        Raises `Refusal` where the house is away, which is not the message's fault."""
        tries = await self.tried(message)
        if not tries:
            return
        if tries <= MOST_TRIES:
            try:
                return await self.answer(message, hear)
            except Refusal:
                raise
            except Exception as fault:  # whatever it is, it must not keep the other messages
                log.error("not answered", extra={"fault": type(fault).__name__, "tries": tries})
                if tries < MOST_TRIES:
                    return
        async with self.office.files() as files:
            await files.outbox.add(_parcel(message, 0, self.parked()))
            await files.talks.park(message)

    async def tried(self, message: Inbound) -> int:
        """Count one more try durably, before it: what ends the process is counted as well."""
        async with self.office.files() as files:
            return await files.talks.tried(message)

    def parked(self) -> Reply:
        """What she is told when her message will not be tried any more."""
        return Reply(self.texts("talk.parked"))

    async def keep(self, files: Files, message: Inbound, step: Step) -> None:
        """The talk as it is now, gone where it has ended; and the report it ended in. Raises
        `TalkMoved` where the step was made from another talk than the one that lies there."""
        held = await files.talks.hold(message.channel, message.caller)
        if (held.mark if held else None) != step.since:
            raise TalkMoved
        if step.filing:
            files.file(step.filing)
        if step.judged:
            await files.judgements.count(*step.judged)
        if step.agreed:
            text = keeping.blacked_out(self.knows, step.agreed.words)
            await files.judgements.keep(step.agreed, text)
        if step.talk is None:
            await files.talks.drop(message.channel, message.caller)
        else:
            await files.talks.keep(message.channel, message.caller, step.talk)

    async def turn(self, message: Inbound, talk: Talk | None) -> Step:
        """One turn. What a voice was heard to say is read back; a scanned place goes along.
        What is too long is told so, and the talk stays where it was."""
        try:
            bounded(message.text)
        except BadInput as refusal:
            return Step(talk, (Reply(self.texts.refused(refusal)),))
        message = replace(message, place=message.place or _place_of(talk))
        if message.kind in ("scan", "location") and not _asks_where(talk):
            step = await self._arrived(message, talk)
        else:
            step = await self._turn(message, talk)
        if message.kind == "voice" and message.text:
            heard = Reply(self.texts("talk.heard", words=message.text))
            step = replace(step, replies=(heard, *step.replies))
        if message.place and step.talk is None and self._verb(message) != "cancel":
            step = replace(step, talk=self._only_place(message.place))
        return step

    def _verb(self, message: Inbound) -> str:
        return self._verb_of(normalise(message.text.strip()))

    def _verb_of(self, said: str) -> str:
        return self.knows.lexicon.commands.get(said.strip(" 。.!"), "")

    def _whose_phone(self, text: str) -> str:
        """The county (its code) whose phone is asked for in so many words: 鲁山县的电话."""
        county, rest = self.knows.gazetteer.without_county(normalise(text))
        verbs = map(self._verb_of, (rest, self.knows.lexicon.openings.without_small(rest)))
        return county if {"human", "phone"} & {*verbs} else ""

    def _only_place(self, place: str, before: Before = NOTHING_BEFORE) -> Talk:
        """Nothing waits: where she is, and the answer that her next words may go on from."""
        kept = ((PLACE, place), (BEFORE, str(before)))
        return Talk(known=tuple((key, value) for key, value in kept if value))

    async def _arrived(self, message: Inbound, talk: Talk | None) -> Step:
        """A scanned code or a position says where she is, and nothing else."""
        if talk and talk.dialogue:
            return await self._drive(message, talk)
        said = [self.texts("greeting", promise=self.promise(message.channel))]
        if message.place:
            name = self.knows.gazetteer.full_name(message.place)
            said.append(self.texts("report.arrived", place=name))
        return Step(None, (*map(Reply, said), self._menu()))

    async def _turn(self, message: Inbound, talk: Talk | None) -> Step:
        """Commands, codes and danger first; then the talk that waits; then a new one."""
        text = message.text.strip()
        command = self._verb(message)
        if command and not (command == "help" and not text):
            return await self._command(command, message, talk)
        if county := self._whose_phone(text):
            return await self._whom(county, message, talk)
        if talk and talk.dialogue:
            if talk.asked == RESUME:
                return await self._resumed(message, talk)
            if self._is_cold(talk) and not message.blob and not self._danger(message):
                return self._ask_to_resume(replace(talk, unheard=without_codes(message.text)))
            return await self._go_on(message, talk)
        return await self._begin(
            message, text, Before.of(dict(talk.known if talk else ()).get(BEFORE, ""))
        )

    def _is_cold(self, talk: Talk) -> bool:
        """Whether the silence was so long that she may have forgotten what was asked."""
        silence = self.office.clock.now() - talk.at if talk.at else timedelta()
        return talk.dialogue == "report" and silence > LONG_SILENCE

    def _ask_to_resume(self, talk: Talk) -> Step:
        asked = Reply(self.texts("talk.resume.text"), self._resume_options())
        return Step(replace(talk, asked=RESUME), (asked,))

    def _resume_options(self) -> tuple[tuple[str, str], ...]:
        return tuple((each, self.texts(f"talk.resume.{each}")) for each in ("on", "anew"))

    async def _resumed(self, message: Inbound, talk: Talk) -> Step:
        """On with what came meanwhile as the answer, or from the start; nothing said is dropped."""
        asked = Ask(RESUME, "", self._resume_options(), free=False, plain=GO_ON)
        word = understood(asked, replace(message, blob=""))
        if word == "anew":
            return await self._command("again", message, talk)
        if message.blob or word == "on":
            heard = message if message.blob else replace(message, text=talk.unheard)
            return await self._go_on(heard, replace(talk, asked="", unheard="", at=None))
        unheard = f"{talk.unheard}\n{without_codes(message.text)}"
        return self._ask_to_resume(replace(talk, unheard=unheard))

    async def _command(self, command: str, message: Inbound, talk: Talk | None) -> Step:
        texts = self.texts
        match command:
            case "back" if talk and talk.known:
                return await self._drive(message, replace(talk, known=_one_back(talk.known)))
            case "again" if talk and talk.dialogue:
                first = tuple(k for k in talk.known if k[0].startswith("begin"))
                return await self._drive(message, replace(talk, known=first))
            case "human" | "phone":
                return await self._whom(_county_in(talk) or message.place[:6], message, talk)
            case "help":
                return Step(talk, (Reply(texts("help.words")),))
            case "cancel":
                unfiled = talk and talk.dialogue in ("report", "danger")
                told = texts("talk.cancelled_report" if unfiled else "talk.cancelled")
                return Step(None, (Reply(told), self._menu()))
            case "ask":
                return Step(None, (Reply(texts("ask.go")),))
            case "status":
                return await self._drive(message, Talk(dialogue="status"))
            case "report":
                return await self._drive(message, Talk(dialogue="report"))
            case "training":
                return await self._drive(message, Talk(dialogue="training"))
            case "unsubscribe":
                return await self._finish(message, Unsubscribe())
            case _:
                promise = self.promise(message.channel)
                return Step(None, (Reply(texts("greeting", promise=promise)), self._menu()))

    async def _whom(self, county: str, message: Inbound, talk: Talk | None) -> Step:
        """Whom to call in this county; the talk stays where it was."""
        whom = Reply(self.contacts(county))
        if talk and talk.dialogue:
            again = await self._drive(message, talk)
            return replace(again, replies=(whom, *again.replies))
        return Step(self._only_place(county) if county else None, (whom, self._menu()))

    def _menu(self) -> Reply:
        texts = self.texts
        return Reply(texts("menu.text"), tuple((word, texts(f"menu.{word}")) for word in MENU))

    def promise(self, channel: str) -> str:
        """Who can know what, on this channel."""
        return self.texts(f"promise.{channel}")

    def contacts(self, county: str = "") -> str:
        """The county's phone and letter box, or that they are not registered, and who takes what."""
        content, lines = self.office.content, [self.texts("contacts.any_county")]
        if county:
            unit = content.organisation.county_unit(county)
            name = unit.name if unit else self.knows.gazetteer.name(county)
            reach = content.reach(county, day_of(self.office.clock.now()))
            lines = [county_phone(self.texts, name, reach)]
        lines += [self.texts("mark.contact", **vars(c)) for c in content.contacts]
        return "\n".join(lines)

    async def _begin(self, message: Inbound, text: str, before: Before = NOTHING_BEFORE) -> Step:
        """A first message: whatever it is, something sensible follows."""
        bare = message.blob and not (message.kind == "voice" and text)
        if bare and not (text and self._cannot_wait(text)):
            return await self._drive(message, _started("report", blob=message.blob, text=text))
        chosen = text if text in MENU else dict(enumerate(MENU, start=1)).get(ordinal(text) or 0)
        if chosen:
            return await self._command(chosen, message, None)
        return await self._by_meaning(message, text, before=before)

    async def _by_meaning(
        self,
        message: Inbound,
        text: str,
        misses: int = 0,
        earlier: str = "",
        before: Before = NOTHING_BEFORE,
    ) -> Step:
        """`earlier` is what she asked before and goes along with it, `before` the answer she had."""
        today = day_of(self.office.clock.now())
        answer = self.knows.ask(text, today=today, county=message.place[:6], before=before)
        message = replace(message, place=_place_of_what_was_asked(message, answer))
        if not answer.cannot_wait and (code := find_code(text)):
            box, told = await self._opened(message, code)
            return _after(told, await self._drive(message, _started("status", box=box.to_json())))
        match answer.kind:
            case "urgent":
                return await self._finish(message, StartDanger(text))
            case "retaliation":
                return await self._finish(message, Alarm(text))
            case "human" if answer.answer:  # despair
                return await self._drive(
                    message, _started("despair", text=text, place=message.place)
                )
            case "human":
                return Step(None, (Reply(self.contacts(message.place[:6])), self._menu()))
            case "smalltalk":
                kept = self._only_place(message.place, before) if message.place or before else None
                return Step(kept, (Reply(answer.answer), self._menu()))
            case "report":
                whole = unclear.together(earlier, text)
                return await self._drive(message, _started("report", text=whole))
            case "unknown" if misses + 1 >= MISSES:
                return Step(Talk(), (Reply(self.contacts(message.place[:6])),))
            case _:
                asking = _started(
                    "asking", text=text, place=message.place, misses=misses, earlier=earlier,
                    before=str(before),
                )  # fmt: skip
                return await self._drive(message, asking, answer)

    async def _alarm(self, message: Inbound, text: str) -> Step:
        """A threat or a leak is filed at once, above the county, and a person is alerted."""
        facts = self.knows.facts(text, today=day_of(self.office.clock.now()))
        blobs = tuple(filter(None, (message.blob,)))
        step = await self._finish(message, FileReport(report.threat(text, facts), blobs))
        first = Reply(self.texts("retaliation.first"))
        # No talk goes on: nothing here may join a threatened person's account to her ticket.
        more = Reply(self.texts("receipt.place.by_code"))
        return replace(step, replies=(*self._comfort(text), first, *step.replies, more))

    async def _go_on(self, message: Inbound, talk: Talk) -> Step:
        """An answer to the question that waits; danger still comes before everything."""
        turn = await self._replay(message, talk)
        asked = turn.waits_for
        if not isinstance(asked, Ask):
            return await self._begin(message, message.text)
        for_a_code = asked.key.startswith(status.CODE)
        meaning = _answered(asked, message, talk)
        if (for_a_code or meaning is None) and self._may_leave(talk, message):
            return await self._begin(message, message.text)
        if meaning is None:
            return await self._not_an_answer(message, talk, asked)
        if meaning == WAITS:
            return Step(replace(talk, misses=0), (_once_more(asked.waits, asked),))
        told: tuple[str, ...] = ()
        if for_a_code:  # opened at once, and never kept
            again = asked.key.startswith(status.AGAIN)
            box, told = await self._opened(message, meaning, own_words=again)
            meaning = box.to_json()
        else:  # no code stays in a talk
            meaning = without_codes(meaning)
        known = (*talk.known[: turn.used], (asked.key, meaning))
        went_on = replace(talk, known=known, misses=0, unheard="")
        step = _after(told, await self._drive(message, went_on))
        above = self._comfort(message.text) if talk.dialogue not in QUESTIONS else ()
        if talk.dialogue == "report" and self._danger(message):
            above = (*above, Reply(self.texts("danger.first")))
        return replace(step, replies=(*above, *step.replies))

    def _comfort(self, text: str) -> tuple[Reply, ...]:
        """Whom to call, above all else that is said, where words tell that somebody may end a life."""
        return (Reply(self.texts("despair.first")),) if self.knows.is_despair(text) else ()

    def _may_leave(self, talk: Talk, message: Inbound) -> bool:
        """Whether what she says instead of an answer cannot wait, and nothing told before is lost by
        beginning with it."""
        return talk.dialogue not in ("report", "danger") and self._cannot_wait(message.text)

    def _cannot_wait(self, text: str) -> bool:
        return self.knows.ask(text, today=day_of(self.office.clock.now())).cannot_wait

    def _danger(self, message: Inbound) -> bool:
        return self.knows.is_danger(message.text)

    async def _not_an_answer(self, message: Inbound, talk: Talk, asked: Ask) -> Step:
        """Nonsense never ends a talk; the second time a person is offered."""
        if asked.doubt:
            said_now = without_codes(all_of(asked, message))
            unheard = "\n".join(filter(None, (talk.unheard, said_now)))
            talk, text = replace(talk, unheard=unheard), asked.doubt.again
        elif message.blob and talk.dialogue in QUESTIONS:  # nothing she told is left behind by it
            return await self._begin(message, message.text)
        elif message.blob:
            text = self.texts("talk.no_file_here")
        elif talk.dialogue in QUESTIONS and message.text.strip():
            return await self._by_meaning(message, message.text, misses=talk.misses)
        else:
            text = self.texts("talk.choose" if talk.misses + 1 < MISSES else "talk.choose_or_human")
        return Step(replace(talk, misses=talk.misses + 1), (_once_more(text, asked),))

    async def _drive(self, message: Inbound, talk: Talk, answer: Answer | None = None) -> Step:
        """Replay to the next question, performing look-ups on the way. The `answer` to a question that
        was only now understood is not looked for again."""
        talk = _bringing(talk, message)
        while True:
            turn = await self._replay(message, talk, answer)
            wanted = turn.waits_for
            if isinstance(wanted, Look):
                found = await self._look(wanted)
                known = (*talk.known[: turn.used], (wanted.key, found))
                talk = replace(talk, known=known)
                continue
            replies = [Reply(text) for text in turn.says]
            if isinstance(wanted, Ask):
                replies.append(Reply(wanted.text, wanted.options))
                kept = replace(talk, known=talk.known[: turn.used], asked=wanted.key)
                return Step(kept, tuple(replies))
            try:
                step = await self._finish(message, turn.outcome)
            except ReadersChanged as changed:  # she agreed to other readers: she is asked again
                step = await self._drive(message, replace(talk, known=_before_readers(talk.known)))
                replies = [Reply(self.texts.refused(changed))]
            return replace(step, replies=(*replies, *step.replies))

    async def _replay(
        self, message: Inbound, talk: Talk, answer: Answer | None = None
    ) -> Turn[Outcome]:
        known = [Known(key, meaning) for key, meaning in talk.known if not key.startswith("begin ")]
        turn = resume(self._dialogue(message.channel, talk, answer), known)
        begun = len(talk.known) - len(known)
        return replace(turn, used=turn.used + begun)

    def _dialogue(
        self, channel: str, talk: Talk, answer: Answer | None = None
    ) -> Coroutine[Any, Any, Any]:
        begun = {k.removeprefix("begin "): v for k, v in talk.known if k.startswith("begin ")}
        text, today = begun.get("text", ""), day_of(self.office.clock.now())
        promise = self.promise(channel)
        blobs = tuple(filter(None, (begun.get("blob"),)))
        heard = Heard(text, blobs, Facts(), place=begun.get("place", ""))
        match talk.dialogue:
            case "report":
                return report.report_a_problem(self.knows, promise, heard, today)
            case "danger":
                heard = replace(heard, facts=self.knows.facts(text, today=today))
                return report.danger(self.knows, promise, heard, today)
            case "status":
                return status.ask_after_a_report(self.texts, begun.get("box", ""))
            case "place":
                return report.the_place_after(self.knows, begun.get("ticket", ""))
            case "unsure":
                return asking.not_sure(self.knows, text, self.contacts(heard.place[:6]))
            case "unclear":
                topic, contacts = begun.get("topic", ""), self.contacts(heard.place[:6])
                return unclear.what_was_unclear(self.texts, text, topic, contacts)
            case "despair":
                return asking.despair(self.knows, text, self.contacts(heard.place[:6]))
            case "training":
                return status.subscribe_to_training(self.texts)
            case _:
                county = begun.get("place", "")[:6]
                before = Before.of(begun.get("before", ""))
                answer = answer or self.knows.ask(text, today=today, county=county, before=before)
                whole = unclear.together(begun.get("earlier", ""), text)
                return asking.answer_a_question(self.knows, whole, answer, today)

    async def _look(self, wanted: Look) -> str:
        """Performed once; the small result is kept, sealed, among the known."""
        if wanted.name == "way":
            asked = report_for(wanted.argument)
            way = await self.office.intake.way(asked)
            return Readers.of(way, asked, self.office.content.organisation).to_json()
        raise ValueError(wanted.name)

    async def _opened(
        self, message: Inbound, code: str, *, own_words: bool = False
    ) -> tuple[Box, tuple[str, ...]]:
        """What stands for a code in the talk, and what is said now and not kept: how the matter stands
        and what the office wrote; or, asked for by the code once more, her own words."""
        caller = message.asks or on_channel(message.channel, message.caller)
        try:
            key = await self.office.locks.code(read_code(code), caller=caller)
            async with self.office.reading() as reading:
                box = await reading.mailboxes.open(key)
        except WrongCode as wrong:
            return Box(wrong=self.texts.refused(wrong)), ()
        except NoSuchReceipt as refusal:
            return Box(refusal=self.texts.refused(refusal)), ()
        letters = [letter for letter in box.letters if letter.mine is own_words]
        shown_as = "status.mine" if own_words else "status.theirs"
        lines = [
            self.texts(shown_as, at=self.texts.moment(each.at), text=each.text) for each in letters
        ]
        if not own_words:
            due = [self.texts("status.due", due=self.texts.day(box.due))] if box.due else []
            lines = [
                self.texts("status.now", plain=self.texts.state(box.status, box.plain)),
                *due,
                *lines,
            ]
        return Box.of(box), ("\n".join(lines),)

    async def _finish(self, message: Inbound, outcome: Outcome | None) -> Step:
        """Carry out what follows from a talk, and say the result."""
        texts = self.texts
        match outcome:
            case FileReport():
                return await self._file(message, outcome)
            case AddMessage() | Reopen() | Rate() | Appeal() | Withdraw():
                told = await carried_out(self.office, self.knows, outcome)
                return Step(None, (Reply(told), self._menu()), added=True)
            case Subscribe(phone):
                async with self.office.files() as files:
                    person = await files.craftsmen.subscribe(phone, message.channel, message.caller)
                if not person:
                    return Step(None, (Reply(texts("training.not_registered")), self._menu()))
                own = f"training.subscribed_{message.channel}"  # where a platform limits us
                key = own if own in texts else "training.subscribed"
                return Step(None, (Reply(texts(key)), self._menu()))
            case Unsubscribe():
                async with self.office.files() as files:
                    await files.craftsmen.unsubscribe(message.channel, message.caller)
                return Step(None, (Reply(texts("training.unsubscribed")),))
            case StartReport(text):
                return await self._drive(message, _started("report", text=text))
            case StartDanger(text):
                danger = await self._drive(message, _started("danger", text=text))
                return replace(danger, replies=(*self._comfort(text), *danger.replies))
            case Alarm(text):
                return await self._alarm(message, text)
            case StartAsking(text, before):
                return await self._by_meaning(message, text, before=before)
            case AskAgain(text, earlier):
                county = message.place[:6]
                said, answer = unclear.tried_again(
                    self.knows, outcome, today=day_of(self.office.clock.now()), county=county
                )
                if answer.kind == "unknown":
                    return await self._finish(message, asking.not_answered(said, county))
                return await self._by_meaning(
                    message, said, earlier="" if said != text else earlier
                )
            case Judged(judgement):
                step = await self._asked_on(message, judgement)
                return replace(step, judged=(judgement, *step.judged))
            case KeepWords(judgement):
                return Step(None, (self._menu(),), agreed=judgement)
            case _:
                return Step(None, (self._menu(),))

    async def _asked_on(self, message: Inbound, judgement: Judgement) -> Step:
        """What follows where the answer helped, where it did not, and where there was none."""
        asked, place = judgement.words, message.place or judgement.county
        match judgement.said:
            case Said.USEFUL:
                return Step(None, (self._menu(),))
            case Said.USELESS:
                topic = judgement.topic
                on = _started("unclear", text=asked, place=place, topic=topic)
            case Said.UNANSWERED:
                on = _started("unsure", text=asked, place=place)
        return await self._drive(message, on)

    async def _file(self, message: Inbound, outcome: FileReport) -> Step:
        """The report made ready, and the receipt that is told when it is filed."""
        attachments = []
        async with self.office.reading() as reading:
            for blob in outcome.blobs:
                held = await reading.blobs.held(blob)
                if held:
                    attachments.append(held)
        made = replace(
            outcome.report,
            channel=message.channel,
            attachments=tuple(attachments),
        )
        filing = await self.office.intake.prepare(made)
        receipt, texts = filing.told, self.texts
        told = texts(
            "receipt.text",
            code=shown(receipt.code),
            spoken=texts.aloud(receipt.code),
            due=texts.day(receipt.due),
        )
        if not made.told:  # filed before she could be told who reads it
            told += "\n" + texts("report.readers.filed", names=texts.listed(receipt.readers))
        replies = (Reply(told), Reply(texts(f"receipt.after.{message.channel}")))
        if not outcome.ask_place:
            return Step(None, replies, filing)
        asking = _started("place", ticket=receipt.number)
        step = await self._drive(replace(message, place=""), asking)
        return Step(
            step.talk, (*replies, Reply(texts("receipt.place.after")), *step.replies), filing
        )


def going_on_from(talk: Talk | None, step: Step) -> Step:
    """The step, with the mark of the talk it was made from."""
    return replace(step, since=talk.mark if talk else None)


async def in_order(turn: Callable[[], Awaitable[T]]) -> T:
    """One turn; made again where another message of the same caller came first. Raises `TalkMoved`
    where that never ends."""
    for _ in range(MOST_MOVES):
        with suppress(TalkMoved):
            return await turn()
    return await turn()


def county_phone(texts: Texts, name: str, reach: Reach) -> str:
    """The county's reporting phone and letter box, honest where a slot is empty."""
    if not (reach.phone or reach.letter_box):
        return texts("contacts.empty", county=name)
    mark = reach.marked(texts)
    return texts(
        "contacts.county",
        county=name,
        phone=f"{reach.phone}{mark}" if reach.phone else texts("contacts.no_phone"),
        box=f"{reach.letter_box}{mark}" if reach.letter_box else texts("contacts.no_box"),
    )


def _county_in(talk: Talk | None) -> str:
    for key, meaning in talk.known if talk else ():
        if key.startswith("which") and meaning[:6].isdigit():
            return meaning[:6]
    return _place_of(talk)[:6]


def _started(dialogue: str, *, misses: int = 0, **begun: str) -> Talk:
    begun["text"] = without_codes(begun.get("text", ""))
    known = tuple((f"begin {name}", value) for name, value in begun.items() if value)
    return Talk(dialogue=dialogue, known=known, misses=misses)


def _place_of(talk: Talk | None) -> str:
    return dict(talk.known).get(PLACE, "") if talk else ""


def _place_of_what_was_asked(message: Inbound, answer: Answer) -> str:
    """Where she is: the county she names, which is kept for her next question."""
    if answer.kind in ("answer", "choices", "smalltalk") and answer.county:
        return message.place if message.place.startswith(answer.county) else answer.county
    return message.place


def _asks_where(talk: Talk | None) -> bool:
    return bool(talk and talk.dialogue and talk.asked.startswith("place"))


def _bringing(talk: Talk, message: Inbound) -> Talk:
    """A report that starts takes along the place and the recording that came with the message."""
    starts = all(key.startswith("begin ") for key, _ in talk.known)
    if talk.dialogue not in ("report", "danger") or not starts:
        return talk
    have = dict(talk.known)
    brought = ((PLACE, message.place), ("begin blob", message.blob))
    fresh = tuple((key, value) for key, value in brought if value and key not in have)
    return replace(talk, known=(*fresh, *talk.known))


def _one_back(known: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Without the last answer, and the look-ups that followed it."""
    left = list(known)
    while left and left[-1][0].startswith("look "):
        left.pop()
    if left and not left[-1][0].startswith("begin "):
        left.pop()
    return tuple(left)


def _parcel(message: Inbound, n: int, reply: Reply) -> Parcel:
    return Parcel(
        channel=message.channel,
        recipient=message.caller,
        text=reply.text,
        options=reply.options,
        dedupe=dedupe_key(message, n),
        priority=Priority.REPLY,
    )


def _answered(asked: Ask, message: Inbound, talk: Talk) -> str | None:
    """What she answers; where doubt has a meaning, that after the last try, and all she said before."""
    meaning = understood(asked, message)
    if asked.doubt is None:
        return meaning
    if meaning is None and talk.misses + 1 >= asked.doubt.tries:
        meaning = f"{asked.doubt.means}\n{all_of(asked, message)}"
    if meaning is None:
        return None
    first, _, more = meaning.partition("\n")
    return "\n".join(filter(None, (first, talk.unheard, more)))


def _once_more(said: str, asked: Ask) -> Reply:
    """The question that waits, with something said before it."""
    return Reply(f"{said}\n{asked.text}", asked.options)


def _after(told: tuple[str, ...], step: Step) -> Step:
    """The step, with this said before everything, once."""
    return replace(step, replies=(*(Reply(text, once=True) for text in told), *step.replies))


def _before_readers(known: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Without the last look at who will read it, and what followed from it."""
    looks = [n for n, (key, _) in enumerate(known) if key == "look way"]
    return known[: looks[-1]]


def dedupe_key(message: Inbound, n: int) -> str:
    """One row a reply, whatever is replayed; no caller in it."""
    return f"{message.channel}/{message.external_id}/{n}"
