"""A talk goes on by one message: replayed to its next question, or to what follows from it."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.contacts import contacts
from bot.dialogues import asking, report, spoken, status, unclear
from bot.dialogues.outcomes import (
    AddMessage,
    Alarm,
    AskAgain,
    FileReport,
    Judged,
    Outcome,
    StartAsking,
    StartDanger,
    StartReport,
    Unsubscribe,
)
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
    NoAnswer,
    Position,
    WaitsOn,
    WhosePhone,
    code_or_answer,
    courtesy_to,
    heard,
    tells,
    verb_of,
)
from bot.reception.outcomes import Outcomes, Reply, Step, menu
from bot.talk import Ask, Look, Plain, Turn, pressed, resume
from casework.content import Texts
from casework.judgements import Judgement, Said
from casework.ports import Office
from casework.receipts import without_codes
from casework.refusals import BadInput, ReadersChanged
from casework.reports import LONGEST_REPORT, MOST_FILES, bounded
from casework.shelves import Begun, Inbound, Remark, Talk
from casework.workdays import day_of
from nlp.assent import WILL, Sense
from nlp.following import NOTHING_BEFORE, Before
from nlp.understanding import Answer, Knowing, Understanding

MISSES = 2
#: Letters before a report that may be how it begins; the newest of them.
MOST_SINCE = 3000
#: So many letters of a report are left for short answers and for what we write beside her words.
ROOM, SHORT = 1000, 100
#: Channels whose platform knows who writes.
NAMED = ("telegram", "wechat")
#: After this long in the middle of a report we ask before we take words for an answer.
LONG_SILENCE = timedelta(hours=3)
RESUME = "resume"
GO_ON = Plain(WILL.to("接着", "继续", "接着说", "继续说"), {Sense.YES: "on"})


class Conversation:
    """Talks of the programme, each as far as it is."""

    def __init__(self, office: Office, knowing: Knowing, *, web: str = "") -> None:
        """`web` is the address of the web page, where it is known."""
        self._office, self.knowing, self._web = office, knowing, web
        self._outcomes = Outcomes(office, knowing)

    @property
    def knows(self) -> Understanding:
        return self.knowing()

    @property
    def texts(self) -> Texts:
        return self._office.content.texts

    @property
    def _today(self) -> date:
        return day_of(self._office.clock.now())

    def promise(self, channel: str) -> str:
        """Who can know what, on this channel; and where another may be chosen."""
        promise = self.texts(f"promise.{channel}")
        if self._web and channel in NAMED:
            promise += "\n" + self.texts("promise.link", url=self._web)
        return promise

    def _contacts(self, county: str) -> str:
        return contacts(self._office.content, self.knows.gazetteer, county, self._today)

    async def turn(self, message: Inbound, talk: Talk | None) -> Step:
        """One turn. What a voice was heard to say is read back; a scanned place goes along.
        What is too long is told so, and the talk stays where it was."""
        try:
            bounded(message.text)
        except BadInput as refusal:
            return Step(talk, (Reply(self.texts.refused(refusal)),))
        talk = talk or Talk()
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
            step = step.after(Reply(self.texts("talk.heard", words=message.text)))
        if step.talk and not (step.talk.waits or step.talk.begun.anything or step.talk.files):
            step = replace(step, talk=None)
        helped = any(each.said is Said.USEFUL for each in step.judged)
        if step.talk is None and verb_of(self.knows, message.text) != "cancel":
            ends = step.handed_over or helped
            kept = _nothing_waits(replace(message, since=(), kept=()) if ends else message)
            step = replace(step, talk=kept if kept.begun.anything or kept.files else None)
        return step

    def _since(self, talk: Talk) -> tuple[str, ...]:
        """What she said since the last filing and that may be how her story begins. What sounds like a
        question is kept too: a story that is misspelt sounds like one."""
        begun = talk.begun
        return _newest(*begun.since, begun.text if begun.dialogue in QUESTIONS else "")

    async def _turn(self, message: Inbound, talk: Talk) -> Step:
        asked = self._asked(message, talk)
        what = heard(self.knows, message, talk, asked, self._today)
        if asked and message.files and self._gathers(message, talk, asked, what):
            return await self._sent(message, talk, asked)
        if self._is_full(message, talk):
            return _once_more(self.texts("talk.story_full"), await self._drive(message, talk))
        match what:
            case Arrival():
                return await self._arrived(message, talk)
            case Edit(was):
                return await self._edited(message, talk, was)
            case Position():
                return await self._position(message, talk, asked)
            case Command(verb):
                return await self._command(verb, message, talk)
            case WhosePhone(county):
                return await self._whom(county, message, talk)
            case _ if talk.asked == RESUME:
                return await self._resumed(message, talk)
            case _ if self._is_cold(talk) and not message.files and not self._danger(message):
                return self._ask_to_resume(replace(talk, unheard=without_codes(message.text)))
            case FirstFile("") if message.kind == "voice":
                return await self._drive(message, self._report(message, "", "spoken"))
            case FirstFile(text):
                step = await self._drive(message, self._report(message, text))
                fits = len({*message.kept, *message.files}) <= MOST_FILES
                return step if fits else step.after(self._files_full())
            case FirstWords(text):
                before = Before.of("" if talk.waits else talk.begun.before)
                return await self._by_meaning(message, text, before=before)
            case WaitsOn() if asked:
                return _once_more(asked.waits, await self._drive(message, replace(talk, misses=0)))
            case Answered(meaning) if asked:
                return await self._answered(message, talk, asked, meaning)
            case _:
                return await self._not_an_answer(message, talk, asked)

    def _is_full(self, message: Inbound, talk: Talk) -> bool:
        """Whether a report would take no more than a short answer."""
        if talk.begun.dialogue not in TELLING or len(message.text) <= SHORT:
            return False
        return _letters_of(talk) + len(message.text) > LONGEST_REPORT - ROOM

    def _asked(self, message: Inbound, talk: Talk) -> Ask | None:
        """The question that waits for her answer."""
        if not talk.waits:
            return None
        if talk.asked == RESUME:
            return Ask(RESUME, "", self._resume_options(), free=False, plain=GO_ON)
        waits = self._replay(message, talk).waits_for
        return waits if isinstance(waits, Ask) else None

    async def _old_button(self, message: Inbound, talk: Talk) -> Step:
        """A press on the buttons of an earlier question answers nothing."""
        if talk.waits and talk.asked != RESUME:
            again = await self._drive(message, talk)
            return _once_more(self.texts("talk.old_button"), again)
        return Step(talk, (Reply(self.texts("talk.old_button")), menu(self.texts)))

    # Commands, arrivals, silence

    async def _arrived(self, message: Inbound, talk: Talk) -> Step:
        """Where she is goes along with whatever she says next."""
        if talk.waits:
            return await self._drive(message, talk)
        said = [self.texts("greeting", promise=self.promise(message.channel))]
        if message.place:
            name = self.knows.gazetteer.full_name(message.place)
            said.append(self.texts("report.arrived", place=name))
        return Step(None, (*map(Reply, said), menu(self.texts)))

    async def _command(self, verb: str, message: Inbound, talk: Talk) -> Step:
        texts = self.texts
        match verb:
            case "back" if talk.waits:
                return await self._one_back(message, talk)
            case "again" if talk.waits:
                return await self._drive(message, replace(talk, said=(), looks=(), asked=""))
            case "human" | "phone":
                return await self._whom(_county_in(talk) or message.place[:6], message, talk)
            case "help":
                return Step(talk, (Reply(texts("help.words")),))
            case "cancel":
                unfiled = talk.begun.dialogue in ("report", "danger")
                told = texts("talk.cancelled_report" if unfiled else "talk.cancelled")
                return Step(None, (Reply(told), menu(texts)))
            case "ask":
                return Step(None, (Reply(texts("ask.go")),))
            case "status" | "training":
                return await self._drive(message, self._begin(message, verb))
            case "report":
                return await self._drive(message, self._report(message, ""))
            case "unsubscribe":
                return await self._outcomes.carried_out(message, Unsubscribe())
            case _:
                promise = self.promise(message.channel)
                return Step(None, (Reply(texts("greeting", promise=promise)), menu(texts)))

    async def _one_back(self, message: Inbound, talk: Talk) -> Step:
        """The last question again; words that go with it are named."""
        step = await self._drive(message, talk.one_back())
        last = talk.said[-1] if talk.said else None
        if last is None or last.key:
            return step
        return step.after(Reply(self.texts("talk.taken_back", words=last.meaning)))

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
                open_again = await self._drive(message, talk.without(was))
                waiting = open_again.talk
                if waiting and waiting.asked == was.key:
                    return await self._turn(replace(message, kind="text"), waiting)
                talk = talk.without(was).telling(words, number=message.number)
            case _:
                edited = Reply(self.texts("talk.edited_too_late"))
                again = await self._drive(message, talk) if talk.waits else Step(None, ())
                return again.after(edited)
        again = await self._drive(message, talk)
        return _once_more(self.texts("talk.edited", words=words), again)

    async def _position(self, message: Inbound, talk: Talk, asked: Ask | None) -> Step:
        """It goes along as it is; which county that is, we cannot tell."""
        if not asked or talk.begun.dialogue not in ("report", "danger"):
            return Step(talk, (Reply(self.texts("talk.position")),))
        sent = talk.answered(report.POSITION, message.text, number=message.number)
        return _once_more(self.texts("talk.noted"), await self._drive(message, sent))

    async def _whom(self, county: str, message: Inbound, talk: Talk) -> Step:
        """Whom to call in this county; the talk stays where it was."""
        whom = Reply(self._contacts(county))
        if talk.waits:
            return (await self._drive(message, talk)).after(whom)
        here = replace(message, place=county or message.place)
        return Step(_nothing_waits(here), (whom, menu(self.texts)))

    def _is_cold(self, talk: Talk) -> bool:
        """Whether the silence was so long that she may have forgotten what was asked."""
        silence = self._office.clock.now() - talk.at if talk.at else timedelta()
        return talk.begun.dialogue == "report" and silence > LONG_SILENCE

    def _ask_to_resume(self, talk: Talk) -> Step:
        asked = Reply(self.texts("talk.resume.text"), self._resume_options())
        return Step(replace(talk, asked=RESUME), (asked,))

    def _resume_options(self) -> tuple[tuple[str, str], ...]:
        return tuple((each, self.texts(f"talk.resume.{each}")) for each in ("on", "anew"))

    async def _resumed(self, message: Inbound, talk: Talk) -> Step:
        """On with what came meanwhile as the answer, or from the start."""
        asked = self._asked(message, talk)
        meant = heard(self.knows, replace(message, files=()), talk, asked, self._today)
        word = meant.meaning if isinstance(meant, Answered) else ""
        awake = replace(talk, asked=self._replay(message, talk).key, unheard="", at=None)
        if word == "anew":
            return await self._command("again", message, awake)
        if message.files or word == "on":
            on = message if message.files else replace(message, text=talk.unheard)
            return await self._turn(on, awake)
        unheard = f"{talk.unheard}\n{without_codes(message.text)}"
        return self._ask_to_resume(replace(talk, unheard=unheard))

    # First words

    async def _by_meaning(
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
            self.knows, text, place=message.place, before=before, today=self._today
        )
        message = replace(message, place=_place_of_what_was_asked(message, answer))
        if code:
            box, told = await self._outcomes.opened(message, code)
            opened = self._begin(message, "status", box=box.to_json())
            return (await self._drive(message, opened)).after(*told)
        match answer.kind:
            case "urgent":
                return await self._follows(message, StartDanger(text))
            case "retaliation":
                return await self._follows(message, Alarm(text))
            case "human" if answer.answer:  # despair
                return await self._drive(message, self._begin(message, "despair", text))
            case "human":
                return Step(None, (Reply(self._contacts(message.place[:6])), menu(self.texts)))
            case "smalltalk":
                more = (text,) if self.knows.says_what(text) and not answer.county else ()
                kept = _nothing_waits(message, before, more)
                return Step(kept, (Reply(answer.answer), menu(self.texts)))
            case "report":
                whole = unclear.together(earlier, text)
                return await self._drive(message, self._report(message, whole))
            case "unknown" if misses + 1 >= MISSES:
                kept = _nothing_waits(message, more=(text,))
                return Step(kept, (Reply(self._contacts(message.place[:6])),))
            case _:
                begun = self._begin(message, "asking", text, earlier=earlier, before=str(before))
                return await self._drive(message, replace(begun, misses=misses), answer)

    def _begin(self, message: Inbound, dialogue: str, text: str = "", **more: Any) -> Talk:
        text = without_codes(text)
        begun = Begun(
            dialogue=dialogue,
            text=text,
            place=message.place,
            number=message.number,
            since=message.since,
            **more,
        )
        return Talk(begun=begun).telling(files=message.kept)

    def _report(self, message: Inbound, text: str, dialogue: str = "report") -> Talk:
        """A report that starts takes along the files that came with the message."""
        begun = self._begin(message, dialogue, text)
        return begun.telling(files=message.files[: MOST_FILES - len(begun.files)])

    # Answers

    async def _answered(self, message: Inbound, talk: Talk, asked: Ask, meaning: str) -> Step:
        """On with her answer. Danger is said above all else, whatever was asked."""
        told: tuple[Reply, ...] = ()
        is_code = asked.key.startswith(status.CODE) and meaning != status.LOST
        if is_code:  # opened at once, and never kept
            again = asked.key.startswith(status.AGAIN)
            box, told = await self._outcomes.opened(message, meaning, own_words=again)
            meaning = box.to_json()
        else:  # no code stays in a talk
            meaning = without_codes(meaning)
        step = await self._drive(message, talk.answered(talk.asked, meaning, number=message.number))
        return self._above(message, talk, step.after(*told))

    def _gathers(self, message: Inbound, talk: Talk, asked: Ask, what: Heard) -> bool:
        """Whether files are kept for what follows. An answer said aloud is no piece of evidence."""
        if talk.begun.dialogue not in GATHERING or talk.asked == RESUME:
            return False
        if talk.begun.dialogue == "status" and not asked.files:  # an appeal takes none
            return False
        spoken = isinstance(what, Answered | WaitsOn) and message.kind == "voice"
        answers_alone = spoken and not (asked.keeps or asked.free)
        return isinstance(what, NoAnswer | Answered | WaitsOn) and not answers_alone

    async def _sent(self, message: Inbound, talk: Talk, asked: Ask) -> Step:
        """Files first: they may change what is asked. Then what was said with them."""
        files, message = message.files, replace(message, files=())
        if talk.begun.dialogue == "place":
            return await self._added(message, talk, without_codes(message.text).strip(), files)
        talk, told = self._with_files(talk, asked, files)
        if asked.key.startswith(status.WAY):  # a file says which way she wants
            talk = talk.answered(talk.asked, status.ADD)
        if message.text.strip():
            return (await self._turn(message, talk)).after(*told)
        doubt = asked.doubt
        if doubt and doubt.files:
            talk = replace(talk, misses=talk.misses + 1)
            if talk.misses >= doubt.tries:
                talk = talk.answered(talk.asked, doubt.means)
        step = await self._drive(message, talk)
        if doubt and doubt.files and step.talk and step.talk.asked == talk.asked:
            step = _once_more(doubt.again, step)
        return step.after(*told)

    async def _not_an_answer(self, message: Inbound, talk: Talk, asked: Ask | None) -> Step:
        """Nonsense never ends a talk; the second time a person is offered."""
        if talk.begun.dialogue == "spoken" and message.text.strip():  # the recording goes along
            return await self._by_meaning(replace(message, kept=talk.files), message.text)
        questions = talk.begun.dialogue in QUESTIONS
        if asked is None or (message.files and questions):  # nothing she told is left behind by it
            return await self._turn(message, Talk(begun=Begun(place=talk.begun.place)))
        if questions and message.text.strip():
            return await self._by_meaning(message, message.text, misses=talk.misses)
        if talk.begun.dialogue in TELLING and message.text.strip():
            return await self._tells(message, talk, asked)
        misses = talk.misses + 1
        said = "talk.no_file_here" if message.files else _choose(misses)
        again = await self._drive(message, replace(talk, misses=misses))
        return _once_more(self.texts(said), again)

    async def _tells(self, message: Inbound, talk: Talk, asked: Ask) -> Step:
        """What is no answer is part of what she tells, and the question comes again; asked often enough,
        it means what it means in doubt. A threat against her waits for no question."""
        words = without_codes(message.text).strip()
        if talk.begun.dialogue == "place":
            return await self._added(message, talk, words)
        above: tuple[Reply, ...] = ()
        story, noted = (talk.begun.text, *talk.told, words), ""
        if (words and asked.story) or tells(self.knows, words, today=self._today):
            talk = talk.telling(words, number=message.number)
            noted = self.texts("talk.noted")
            if self.knows.is_threat(words):
                whole = Alarm(report.story_of(*story))
                return await self._follows(replace(message, files=talk.files), whole)
            above = self._answer_beside(message, talk, words)
        elif courtesy := courtesy_to(self.knows, words, today=self._today):
            return _once_more(courtesy, await self._drive(message, talk))
        doubt, misses = asked.doubt, talk.misses + 1
        if doubt and misses >= doubt.tries:
            step = await self._drive(message, talk.answered(talk.asked, doubt.means))
        else:
            step = await self._drive(message, replace(talk, misses=misses))
            if step.talk and step.talk.asked == talk.asked:
                again = doubt.again if doubt else ""
                again = again or ("" if noted else self.texts(_choose(misses)))
                step = _once_more("\n".join(filter(None, (noted, again))), step)
        return self._above(message, talk, step.after(*above))

    def _answer_beside(self, message: Inbound, talk: Talk, words: str) -> tuple[Reply, ...]:
        """A question in the middle of a report is answered, and the report goes on."""
        beside = self.knows.ask(words, today=self._today, county=message.place[:6])
        if beside.kind != "answer" or talk.begun.dialogue != "report":
            return ()
        return (Reply(asking.said(self.knows, beside)),)

    async def _added(
        self, message: Inbound, talk: Talk, words: str, files: tuple[str, ...] = ()
    ) -> Step:
        """What she says or sends after the filing goes to her report at once: she may never answer."""
        add = AddMessage(talk.begun.ticket, words, files)
        told, *_ = (await self._outcomes.carried_out(message, add)).replies
        again = await self._drive(message, replace(talk, misses=talk.misses + 1))
        return again.after(told)

    def _with_files(
        self, talk: Talk, asked: Ask, files: tuple[str, ...]
    ) -> tuple[Talk, tuple[Reply, ...]]:
        """Files go with the report, whenever they come; what does not fit any more is said."""
        fit = files[: max(0, MOST_FILES - len(talk.files))]
        talk, told = talk.telling(files=fit), []
        if fit and not asked.files and talk.begun.dialogue in TELLING:
            told.append(Reply(self.texts("talk.files_noted", n=len(talk.files))))
        if len(fit) < len(files):
            told.append(self._files_full())
        return talk, tuple(told)

    def _files_full(self) -> Reply:
        return Reply(self.texts("talk.files_full", n=MOST_FILES))

    def _above(self, message: Inbound, talk: Talk, step: Step) -> Step:
        """Danger and despair are spoken to above all else that is said."""
        if talk.begun.dialogue == "report" and self._danger(message):
            step = step.after(Reply(self.texts("danger.first")))
        if talk.begun.dialogue in QUESTIONS:
            return step
        return step.after(*self._comfort(message.text))

    def _comfort(self, text: str) -> tuple[Reply, ...]:
        """Whom to call, above all else that is said, where words tell that somebody may end a life."""
        return (Reply(self.texts("despair.first")),) if self.knows.is_despair(text) else ()

    def _danger(self, message: Inbound) -> bool:
        return self.knows.is_danger(message.text)

    # Replay

    async def _drive(self, message: Inbound, talk: Talk, answer: Answer | None = None) -> Step:
        """Replay to the next question, performing look-ups on the way. The `answer` to a question that
        was only now understood is not looked for again."""
        while True:
            turn = self._replay(message, talk, answer)
            wanted = turn.waits_for
            if isinstance(wanted, Look):
                found = await self._outcomes.look(wanted)
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
                follows = await self._follows(replace(message, files=files), turn.outcome)
                return follows.after(*said)
            except ReadersChanged as changed:  # she agreed to other readers: she is asked again
                again = await self._drive(message, talk.one_back())
                return again.after(Reply(self.texts.refused(changed)))

    def _replay(self, message: Inbound, talk: Talk, answer: Answer | None = None) -> Turn[Outcome]:
        dialogue = self._dialogue(message.channel, talk, answer)
        return resume(dialogue, talk.answers | dict(talk.looks))

    def _dialogue(
        self, channel: str, talk: Talk, answer: Answer | None
    ) -> Coroutine[Any, Any, Any]:
        knows, today, begun = self.knows, self._today, talk.begun
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
                return asking.not_sure(knows, text, self._contacts(county))
            case "unclear":
                whom = self._contacts(county)
                return unclear.what_was_unclear(self.texts, text, begun.topic, whom)
            case "spoken":
                common = self.texts("home.common").split()
                return spoken.what_it_is(knows, common, self._contacts(county))
            case "despair":
                return asking.despair(knows, text, self._contacts(county))
            case "training":
                return status.subscribe_to_training(self.texts)
            case _:
                before = Before.of(begun.before)
                answer = answer or knows.ask(text, today=today, county=county, before=before)
                whole = unclear.together(begun.earlier, text)
                return asking.answer_a_question(knows, whole, answer, today)

    # What follows

    async def _follows(self, message: Inbound, outcome: Outcome | None) -> Step:
        """Another talk, or something done. Raises `ReadersChanged`."""
        match outcome:
            case None:
                return Step(None, (menu(self.texts),))
            case StartReport(text, by_numbers):
                begun = self._report(message, text)
                begun = replace(begun, begun=replace(begun.begun, by_numbers=by_numbers))
                return await self._drive(message, begun)
            case StartDanger(text):
                danger = await self._drive(message, self._report(message, text, "danger"))
                return danger.after(*self._comfort(text))
            case Alarm(text):
                return await self._alarm(message, text)
            case StartAsking(text, before):
                return await self._by_meaning(message, text, before=before)
            case AskAgain(text, earlier):
                return await self._asked_again(message, outcome, text, earlier)
            case Judged(judgement):
                step = await self._asked_on(message, judgement)
                return replace(step, judged=(judgement, *step.judged))
            case deed:
                step = await self._outcomes.carried_out(message, deed)
                if step.talk is None:
                    return step
                on = await self._drive(message, step.talk)
                return replace(step, talk=on.talk, replies=(*step.replies, *on.replies))

    async def _asked_again(
        self, message: Inbound, again: AskAgain, text: str, earlier: str
    ) -> Step:
        county = message.place[:6]
        said, answer = unclear.tried_again(self.knows, again, today=self._today, county=county)
        if answer.kind == "unknown":
            return await self._follows(message, asking.not_answered(said, county))
        return await self._by_meaning(message, said, earlier="" if said != text else earlier)

    async def _asked_on(self, message: Inbound, judgement: Judgement) -> Step:
        """What follows where the answer helped, where it did not, and where there was none."""
        message = replace(message, place=message.place or judgement.county)
        match judgement.said:
            case Said.USEFUL:
                return Step(None, (menu(self.texts),))
            case Said.USELESS:
                on = self._begin(message, "unclear", judgement.words, topic=judgement.topic)
            case Said.UNANSWERED:
                on = self._begin(message, "unsure", judgement.words)
        return await self._drive(message, on)

    async def _alarm(self, message: Inbound, text: str) -> Step:
        """A threat or a leak is filed at once, above the county, and a person is alerted."""
        told = report.Heard(text, since=message.since)
        whole = report.story_of(told.begins(self.knows), text, report.said_before(self.knows, told))
        facts = self.knows.facts(whole, today=self._today)
        filed = FileReport(report.threat(whole, facts), message.files)
        step = await self._outcomes.carried_out(message, filed)
        step = step.after(*self._comfort(text), Reply(self.texts("retaliation.first")))
        # No talk goes on: nothing here may join a threatened person's account to her ticket.
        more = Reply(self.texts("receipt.place.by_code"))
        return replace(step, replies=(*step.replies, more))


def _nothing_waits(
    message: Inbound, before: Before = NOTHING_BEFORE, more: tuple[str, ...] = ()
) -> Talk:
    """Where she is, the answer that her next words may go on from, and what may be how her story
    begins."""
    since = _newest(*message.since, *map(without_codes, more))
    return Talk(
        begun=Begun(place=message.place, before=str(before), since=since), files=message.kept
    )


def _newest(*words: str) -> tuple[str, ...]:
    """As many of them as `MOST_SINCE` letters hold, each once, the newest last."""
    kept, room = list[str](), MOST_SINCE
    for each in reversed(dict.fromkeys(filter(None, words))):
        room -= len(each)
        if room < 0:
            break
        kept.append(each)
    return tuple(reversed(kept))


def _letters_of(talk: Talk) -> int:
    """Of all that goes into a report from this talk."""
    told = (talk.begun.text, *talk.begun.since, *(each.meaning for each in talk.said))
    return sum(map(len, told))


def _choose(misses: int) -> str:
    """The text after so many answers that were none: the second time a person is offered."""
    return "talk.choose" if misses < MISSES else "talk.choose_or_human"


def _once_more(said: str, step: Step) -> Step:
    """The step, with something said right before its question."""
    *before, question = step.replies
    again = replace(question, text="\n".join(filter(None, (said, question.text))))
    return replace(step, replies=(*before, again))


def _county_in(talk: Talk) -> str:
    """The county that was found in this talk, else where she is."""
    codes = [each.meaning[:6] for each in talk.said if each.key.startswith("which")]
    found = [code for code in codes if code.isdigit()]
    return found[0] if found else talk.begun.place[:6]


def _place_of_what_was_asked(message: Inbound, answer: Answer) -> str:
    """Where she is: the county she names, which is kept for her next question."""
    if answer.kind in ("answer", "choices", "smalltalk") and answer.county:
        return message.place if message.place.startswith(answer.county) else answer.county
    return message.place
