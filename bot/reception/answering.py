"""What she says while a question of ours waits: an answer, files, words of her story, none of these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.dialogues import asking, report, status
from bot.dialogues.outcomes import AddMessage, Alarm
from bot.reception.driving import MISSES, Driver
from bot.reception.hearing import (
    GATHERING,
    QUESTIONS,
    TELLING,
    Answered,
    Heard,
    NoAnswer,
    WaitsOn,
    courtesy_to,
    may_be_a_story,
    tells,
)
from bot.reception.outcomes import Reply, Step
from bot.talk import Ask
from casework.receipts import without_codes
from casework.reports import MOST_FILES
from casework.shelves import Begun, Inbound, Talk
from nlp.triage import asks
from nlp.words import letters, normalise

#: Letters of what may have been meant as the answer to a question that did not take it.
LONGEST_ATTEMPT = 10
#: 可以吧, 是吧: a question by its end alone.
TAG = "吧"

#: The way of a message through a talk, from its beginning.
Turns = Callable[[Inbound, Talk], Awaitable[Step]]


class Answers:
    """`turn` is the whole way anew, for what an answer opens."""

    def __init__(self, driver: Driver, turn: Turns) -> None:
        self._driver, self._turn = driver, turn

    async def answered(self, message: Inbound, talk: Talk, asked: Ask, meaning: str) -> Step:
        """On with her answer. Danger is said above all else, whatever was asked."""
        told: tuple[Reply, ...] = ()
        remembers = ""
        is_code = asked.key.startswith(status.CODE) and meaning != status.LOST
        if is_code:  # opened at once, and never kept
            again = asked.key.startswith(status.AGAIN)
            box, told = await self._driver.outcomes.opened(message, meaning, own_words=again)
            if asked.key.startswith(status.KEEP):
                remembers, told = meaning if box.account else "", ()
            meaning = box.to_json()
        else:  # no code stays in a talk
            meaning = without_codes(meaning)
        step = await self._driver.drive(
            message, talk.answered(talk.asked, meaning, number=message.number)
        )
        step = replace(step.after(*told), remembers=remembers or step.remembers)
        return self.above(message, talk, step)

    def gathers(self, message: Inbound, talk: Talk, asked: Ask, what: Heard) -> bool:
        """Whether files are kept for what follows. An answer said aloud is no piece of evidence."""
        if talk.begun.dialogue not in GATHERING:
            return False
        if talk.begun.dialogue == "status" and not asked.files:  # an appeal takes none
            return False
        spoken = isinstance(what, Answered | WaitsOn) and message.kind == "voice"
        answers_alone = spoken and not (asked.keeps or asked.free)
        return isinstance(what, NoAnswer | Answered | WaitsOn) and not answers_alone

    async def sent(self, message: Inbound, talk: Talk, asked: Ask) -> Step:
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
        step = await self._driver.drive(message, talk)
        if doubt and doubt.files and step.talk and step.talk.asked == talk.asked:
            step = step.asking_again(doubt.again)
        return step.after(*told)

    async def not_an_answer(self, message: Inbound, talk: Talk, asked: Ask | None) -> Step:
        """Nonsense never ends a talk; the second time a person is offered."""
        if talk.begun.dialogue == "spoken" and message.text.strip():  # the recording goes along
            return await self._driver.by_meaning(replace(message, kept=talk.files), message.text)
        questions = talk.begun.dialogue in QUESTIONS
        if asked is None or (message.files and questions):  # nothing she told is left behind by it
            return await self._turn(message, Talk(begun=Begun(place=talk.begun.place)))
        if questions and message.text.strip():
            return await self._driver.by_meaning(message, message.text, misses=talk.misses)
        if talk.begun.dialogue in TELLING and message.text.strip():
            return await self._tells(message, talk, asked)
        misses = talk.misses + 1
        said = "talk.no_file_here" if message.files else _choose(misses)
        again = await self._driver.drive(message, replace(talk, misses=misses))
        return again.asking_again(self._driver.texts(said))

    async def _tells(self, message: Inbound, talk: Talk, asked: Ask) -> Step:
        """What is no answer is part of what she tells, and the question comes again; asked often enough,
        it means what it means in doubt. A threat against her waits for no question."""
        words = without_codes(message.text).strip()
        if talk.begun.dialogue == "place":
            return await self._added(message, talk, words)
        above: tuple[Reply, ...] = ()
        story, noted = (talk.begun.text, *talk.told, words), ""
        no_story = asked.story and not may_be_a_story(words)
        says = asked.story or tells(self._driver.knows, words, today=self._driver.today)
        if says and not no_story:
            talk = talk.telling(words, number=message.number)
            noted = self._driver.texts("talk.noted")
            if self._driver.knows.is_threat(words):
                whole = Alarm(report.story_of(*story))
                return await self._driver.follows(replace(message, files=talk.files), whole)
            above = self._answer_beside(message, talk, words)
        elif courtesy := courtesy_to(self._driver.knows, words, today=self._driver.today):
            return (await self._driver.drive(message, talk)).asking_again(courtesy)
        elif no_story:
            noted = self._driver.texts("report.no_story")
        doubt, misses = asked.doubt, talk.misses + 1
        if doubt and misses >= doubt.tries:
            step = await self._driver.drive(message, talk.answered(talk.asked, doubt.means))
        else:
            step = await self._driver.drive(message, replace(talk, misses=misses))
            if step.talk and step.talk.asked == talk.asked:
                is_noted = bool(noted) and talk.begun.dialogue == "report"
                again = self._again(asked, words, misses, noted=is_noted)
                step = step.asking_again("\n".join(filter(None, (noted, again))))
        return self.above(message, talk, step.after(*above))

    def _again(self, asked: Ask, words: str, misses: int, *, noted: bool) -> str:
        """Why the question comes again: what is so short may have been meant as its answer. In danger it
        is said what will be done without one."""
        if noted and len(letters(words)) > LONGEST_ATTEMPT:
            return ""
        if asked.doubt and asked.doubt.again:
            return asked.doubt.again
        return "" if noted else self._driver.texts(_choose(misses))

    def _answer_beside(self, message: Inbound, talk: Talk, words: str) -> tuple[Reply, ...]:
        """A question in the middle of a report is answered, and the report goes on. What only sounds like
        one is her story."""
        if not (asks(words) or normalise(words).rstrip(" .。?").endswith(TAG)):
            return ()
        beside = self._driver.knows.ask(words, today=self._driver.today, county=message.place[:6])
        if beside.kind != "answer" or talk.begun.dialogue != "report":
            return ()
        return (Reply(asking.said(self._driver.knows, beside)),)

    async def _added(
        self, message: Inbound, talk: Talk, words: str, files: tuple[str, ...] = ()
    ) -> Step:
        """What she says or sends after the filing goes to her report at once: she may never answer."""
        add = AddMessage(talk.begun.ticket, words, files)
        told, *_ = (await self._driver.outcomes.carried_out(message, add)).replies
        again = await self._driver.drive(message, replace(talk, misses=talk.misses + 1))
        return again.after(told)

    def _with_files(
        self, talk: Talk, asked: Ask, files: tuple[str, ...]
    ) -> tuple[Talk, tuple[Reply, ...]]:
        """Files go with the report, whenever they come; what does not fit any more is said."""
        fit = files[: max(0, MOST_FILES - len(talk.files))]
        talk, told = talk.telling(files=fit), []
        if fit and not asked.files and talk.begun.dialogue in TELLING:
            told.append(Reply(self._driver.texts("talk.files_noted", n=len(talk.files))))
        if len(fit) < len(files):
            told.append(self.files_full())
        return talk, tuple(told)

    def files_full(self) -> Reply:
        return Reply(self._driver.texts("talk.files_full", n=MOST_FILES))

    def above(self, message: Inbound, talk: Talk, step: Step) -> Step:
        """Danger and despair are spoken to above all else that is said."""
        if talk.begun.dialogue == "report" and self._driver.danger(message):
            step = step.after(Reply(self._driver.texts("danger.first")))
        if talk.begun.dialogue in QUESTIONS:
            return step
        return step.after(*self._driver.comfort(message.text))


def _choose(misses: int) -> str:
    """The text after so many answers that were none: the second time a person is offered."""
    return "talk.choose" if misses < MISSES else "talk.choose_or_human"
