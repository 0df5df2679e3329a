"""A message's way through a talk: what it is, and who of this room deals with it."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogues import report
from bot.dialogues.outcomes import Alarm
from bot.reception.answering import Answers
from bot.reception.beginning import begin_a_report, newest, nothing_waits
from bot.reception.commanding import STOP, Commands
from bot.reception.driving import Driver
from bot.reception.hearing import (
    GATHERING,
    QUESTIONS,
    TELLING,
    Answered,
    Arrival,
    Command,
    Edit,
    FirstFile,
    FirstWords,
    Heard,
    Position,
    WaitsOn,
    WhosePhone,
    heard,
)
from bot.reception.outcomes import Reply, Step, menu
from bot.reception.resuming import RESUME, Resuming
from bot.talk import Ask, pressed
from casework.alerts import BOUND_ON, binding_code
from casework.judgements import Said
from casework.ports import Office
from casework.receipts import without_codes
from casework.refusals import BadInput
from casework.reports import LONGEST_REPORT, MOST_FILES, bounded
from casework.shelves import Begun, Inbound, Remark, Talk
from nlp.following import Before
from nlp.understanding import Knowing

#: So many letters of a report are left for short answers and for what we write beside her words.
ROOM, SHORT = 1000, 100


class Conversation:
    """Talks of the programme, each as far as it is."""

    def __init__(self, office: Office, knowing: Knowing, *, web: str = "") -> None:
        """`web` is the address of the web page, where it is known."""
        self.driver = Driver(office, knowing, web=web)
        self._commands = Commands(self.driver)
        self._answers = Answers(self.driver, self._turn)
        self._resuming = Resuming(self.driver, self._commands, self._turn)

    async def turn(self, message: Inbound, talk: Talk | None) -> Step:
        """One turn. What a voice was heard to say is read back; a scanned place goes along.
        What is too long is told so, and the talk stays where it was."""
        try:
            bounded(message.text)
        except BadInput as refusal:
            return Step(talk, (Reply(self.driver.texts.refused(refusal)),))
        talk = talk or Talk()
        if message.channel == BOUND_ON and (code := binding_code(message.text)):
            bound = Reply(await self.driver.outcomes.bound(message, code))
            return self._as_kept(Step(talk, (bound,)), message)
        text, mine = pressed(message.text, talk.asked)
        message = replace(
            message, text=text, place=message.place or talk.begun.place,
            since=self._since(talk), kept=() if talk.begun.dialogue in GATHERING else talk.files,
        )  # fmt: skip
        if mine or message.kind != "choice":
            step = await self._turn(message, talk)
        else:
            step = await self._old_button(message, talk)
        if message.kind == "voice" and message.text:
            step = step.after(Reply(self.driver.texts("talk.heard", words=message.text)))
        return self._as_kept(step, message)

    def _as_kept(self, step: Step, message: Inbound) -> Step:
        """Nothing is kept where nothing is worth it; and of a talk that has ended only where she is, and
        what may still be how a story begins."""
        if step.talk and (step.talk.waits or step.talk.is_worth_keeping):
            return step
        if step.dropped:
            return replace(step, talk=None)
        helped = any(each.said is Said.USEFUL for each in step.judged)
        ends = step.handed_over or helped
        talk = nothing_waits(replace(message, since=(), kept=()) if ends else message)
        return replace(step, talk=talk if talk.is_worth_keeping else None)

    def _since(self, talk: Talk) -> tuple[str, ...]:
        """What she said since the last filing and that may be how her story begins. What sounds like a
        question is kept too: a story that is misspelt sounds like one."""
        begun = talk.begun
        return newest(*begun.since, begun.text if begun.dialogue in QUESTIONS else "")

    def _question(self, message: Inbound, talk: Talk) -> Ask | None:
        """The question that waits for her answer."""
        if talk.asked == RESUME and talk.waits:
            return self._resuming.question()
        if talk.asked == STOP and talk.waits:
            return self._commands.stop_question()
        return self.driver.question(message, talk)

    async def _turn(self, message: Inbound, talk: Talk) -> Step:
        asked = self._question(message, talk)
        what = heard(self.driver.knows, message, talk, asked, self.driver.today)
        has_files = message.files and talk.asked not in (RESUME, STOP)
        if has_files and asked and self._answers.gathers(message, talk, asked, what):
            return await self._answers.sent(message, talk, asked)
        if self._is_full(message, talk):
            again = await self.driver.drive(message, talk)
            return again.asking_again(self.driver.texts("talk.story_full"))
        match what:
            case Arrival():
                return await self._arrived(message, talk)
            case Edit(was):
                return await self._edited(message, talk, was)
            case Position():
                return await self._position(message, talk, asked)
            case Command(verb):
                return await self._commands.command(verb, message, talk)
            case WhosePhone(county):
                return await self._commands.whom(county, message, talk)
            case Answered("yes") if talk.asked == STOP:
                return self._commands.drop(talk)
            case _ if talk.asked == STOP:
                return await self._goes_on(message, talk, what)
            case _ if talk.asked == RESUME:
                return await self._resuming.resumed(message, talk)
            case _ if self._resuming.asks_first(message, talk):
                return self._resuming.ask(replace(talk, unheard=without_codes(message.text)))
            case FirstFile("") if message.kind == "voice":
                return await self.driver.drive(message, begin_a_report(message, "", "spoken"))
            case FirstFile(text):
                step = await self.driver.drive(message, begin_a_report(message, text))
                fits = len({*message.kept, *message.files}) <= MOST_FILES
                return step if fits else step.after(self._answers.files_full())
            case FirstWords(text):
                before = Before.of("" if talk.waits else talk.begun.before)
                return await self.driver.by_meaning(message, text, before=before)
            case WaitsOn() if asked:
                again = await self.driver.drive(message, replace(talk, misses=0))
                return again.asking_again(asked.waits)
            case Answered(meaning) if asked:
                return await self._answers.answered(message, talk, asked, meaning)
            case _:
                return await self._answers.not_an_answer(message, talk, asked)

    async def _goes_on(self, message: Inbound, talk: Talk, what: Heard) -> Step:
        """The question that stood there comes again, or what she says instead is heard for it."""
        talk = replace(talk, asked=self.driver.replay(message, talk).key)
        if isinstance(what, Answered):
            return await self.driver.drive(message, talk)
        return await self._turn(message, talk)

    def _is_full(self, message: Inbound, talk: Talk) -> bool:
        """Whether a report would take no more than a short answer."""
        if talk.begun.dialogue not in TELLING or len(message.text) <= SHORT:
            return False
        return talk.letters + len(message.text) > LONGEST_REPORT - ROOM

    async def _old_button(self, message: Inbound, talk: Talk) -> Step:
        """A press on the buttons of an earlier question answers nothing."""
        if talk.waits and talk.asked not in (RESUME, STOP):
            again = await self.driver.drive(message, talk)
            return again.asking_again(self.driver.texts("talk.old_button"))
        return Step(talk, (Reply(self.driver.texts("talk.old_button")), menu(self.driver.texts)))

    async def _arrived(self, message: Inbound, talk: Talk) -> Step:
        """Where she is goes along with whatever she says next."""
        if talk.waits:
            return await self.driver.drive(message, talk)
        said = [self.driver.texts("greeting", promise=self.driver.promise(message.channel))]
        if message.place:
            name = self.driver.knows.gazetteer.full_name(message.place)
            said.append(self.driver.texts("report.arrived", place=name))
        return Step(None, (*map(Reply, said), menu(self.driver.texts)))

    async def _edited(self, message: Inbound, talk: Talk, was: Remark | Begun | None) -> Step:
        """Her newer words in the place of the older; what was an answer is asked for once more. What is
        open no more stays as it was, and that is said."""
        words = without_codes(message.text).strip()
        match was:
            case Begun() if talk.begun.dialogue in TELLING:
                talk = replace(talk, begun=replace(was, text=words), looks=())
            case Begun() if talk.begun.dialogue in QUESTIONS:
                nothing = Talk(begun=Begun(place=talk.begun.place))
                asked = replace(message, kind="text", since=was.since)
                return await self._turn(asked, nothing)
            case Remark(key="") if words:
                talk = talk.retold(was, words)
            case Remark() if talk.waits:
                open_again = await self.driver.drive(message, talk.without(was))
                waiting = open_again.talk
                if waiting and waiting.asked == was.key:
                    return await self._turn(replace(message, kind="text"), waiting)
                talk = talk.without(was).telling(words, number=message.number)
            case _:
                edited = Reply(self.driver.texts("talk.edited_too_late"))
                again = await self.driver.drive(message, talk) if talk.waits else Step(None, ())
                return again.after(edited)
        if talk.begun.dialogue == "report" and self.driver.knows.is_threat(words):
            whole = Alarm(report.story_of(talk.begun.text, *talk.told))
            return await self.driver.follows(replace(message, files=talk.files), whole)
        again = await self.driver.drive(message, talk)
        again = again.asking_again(self.driver.texts("talk.edited", words=words))
        return self._answers.above(message, talk, again)

    async def _position(self, message: Inbound, talk: Talk, asked: Ask | None) -> Step:
        """It goes along as it is; which county that is, we cannot tell."""
        if not asked or talk.begun.dialogue not in ("report", "danger"):
            return Step(talk, (Reply(self.driver.texts("talk.position")),))
        sent = talk.answered(report.POSITION, message.text, number=message.number)
        again = await self.driver.drive(message, sent)
        return again.asking_again(self.driver.texts("talk.noted"))
