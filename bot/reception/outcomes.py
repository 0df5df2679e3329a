"""What follows from a talk, carried out: reports made ready, mailboxes opened and written into."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.dialogues.outcomes import FileReport, Forget, KeepWords, Subscribe, Unsubscribe
from bot.dialogues.status import DOES, MAY, Box
from bot.dialogues.whom import Readers, report_for
from bot.mailbox import Mine, carried_out, looked_over, own_words_in, standing
from bot.talk import Look
from casework.actions.rostering import bind
from casework.callers import on_channel
from casework.content import Texts
from casework.judgements import Judgement
from casework.ports import Office, Prepared
from casework.receipts import WrongCode, find_code, read_code, shown
from casework.refusals import NoSuchReceipt
from casework.shelves import Begun, Inbound, Talk
from nlp.understanding import Knowing

#: Channels whose platform knows who writes: there her account may stand for her code.
NAMED = ("telegram", "wechat")
MENU = ("ask", "report", "status", "human")

#: What is done outside the talk; everything else leads on into another one.
Deed = FileReport | Mine | Forget | Subscribe | Unsubscribe | KeepWords


@dataclass(frozen=True)
class Reply:
    """One thing said, with the options that go under the last one."""

    text: str
    options: tuple[tuple[str, str], ...] = ()
    once: bool = False  # shown now, and part of nothing that is shown again
    asked: str = ""  # key of the question that the options answer
    alone: bool = False  # in a message of its own: it is copied


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
    dropped: bool = False  # she wants nothing of it kept
    remembers: str = ""  # the code that her account opens from now on

    @property
    def handed_over(self) -> bool:
        """What was said until now lies with the office, sealed: nothing here may show it again."""
        return self.added or self.filing is not None

    def after(self, *before: Reply) -> Step:
        """The step, with this said before everything."""
        return replace(self, replies=(*before, *self.replies))

    def asking_again(self, said: str) -> Step:
        """The step, with this said right before its question."""
        *before, question = self.replies
        again = replace(question, text="\n".join(filter(None, (said, question.text))))
        return replace(self, replies=(*before, again))


def menu(texts: Texts) -> Reply:
    """What she can do here."""
    return Reply(texts("menu.text"), tuple((word, texts(f"menu.{word}")) for word in MENU))


class Outcomes:
    """Whatever a talk wants from the office."""

    def __init__(self, office: Office, knowing: Knowing) -> None:
        self._office, self._knowing = office, knowing

    @property
    def _texts(self) -> Texts:
        return self._office.content.texts

    async def look(self, wanted: Look) -> str:
        """Performed once; the small result is kept with the talk, sealed."""
        if wanted.name != "way":
            raise ValueError(wanted.name)
        asked = report_for(wanted.argument)
        way = await self._office.intake.way(asked)
        return Readers.of(way, asked, self._office.content.organisation).to_json()

    async def opened(
        self, message: Inbound, code: str, *, own_words: bool = False
    ) -> tuple[Box, tuple[Reply, ...]]:
        """What stands for a code in the talk, and what is said now and not kept: how the matter stands
        and what the office wrote; or, asked for by the code once more, her own words."""
        texts = self._texts
        caller = message.asks or on_channel(message.channel, message.caller)
        try:
            key = await self._office.locks.code(read_code(code), caller=caller)
            case = await looked_over(self._office, key)
        except WrongCode as wrong:
            return Box(wrong=texts.refused(wrong)), ()
        except NoSuchReceipt as refusal:
            return Box(refusal=texts.refused(refusal)), ()
        lines = own_words_in(texts, case) if own_words else standing(texts, case)
        account = ""
        if message.channel in NAMED and case.joins:
            is_same = await self.remembered(message) == find_code(code)
            account = DOES if is_same else MAY
        return Box.of(case, texts, account), (Reply("\n".join(lines), once=True),)

    async def remembered(self, message: Inbound) -> str:
        """The code that her account stands for, '' for none."""
        if message.channel not in NAMED:
            return ""
        async with self._office.reading() as reading:
            return await reading.remembered.code(message.channel, message.caller)

    async def forget(self, message: Inbound) -> None:
        async with self._office.files() as files:
            await files.remembered.forget(message.channel, message.caller)

    async def bound(self, message: Inbound, code: str) -> str:
        """Of somebody at the office, who typed what his desk shows him. What is said of it."""
        is_his = await bind(self._office, code, message.caller)
        return self._texts("alarm.bound" if is_his else "alarm.not_bound")

    async def carried_out(self, message: Inbound, deed: Deed) -> Step:
        """Done, and the result said. A report is only made ready: it is filed with what is said of it.
        The step's talk, where there is one, is still to be begun. Raises `ReadersChanged`."""
        texts = self._texts
        match deed:
            case FileReport():
                return await self._filed(message, deed)
            case Subscribe(phone):
                return await self._subscribed(message, phone)
            case Unsubscribe():
                async with self._office.files() as files:
                    await files.craftsmen.unsubscribe(message.channel, message.caller)
                return Step(None, (Reply(texts("training.unsubscribed")),))
            case Forget():
                await self.forget(message)
                return Step(None, (Reply(texts("status.forgotten")), menu(texts)))
            case KeepWords(judgement):
                return Step(None, (menu(texts),), agreed=judgement)
            case _:
                once = Inbound(
                    channel=message.channel, external_id=f"added {message.external_id}", caller=""
                )
                told = await carried_out(self._office, self._knowing(), deed, once=once)
                return Step(None, (Reply(told), menu(texts)), added=True)

    async def _subscribed(self, message: Inbound, phone: str) -> Step:
        texts = self._texts
        async with self._office.files() as files:
            person = await files.craftsmen.subscribe(phone, message.channel, message.caller)
        if not person:
            return Step(None, (Reply(texts("training.not_registered")), menu(texts)))
        own = f"training.subscribed_{message.channel}"  # where a platform limits us
        key = own if own in texts else "training.subscribed"
        return Step(None, (Reply(texts(key)), menu(texts)))

    async def _filed(self, message: Inbound, outcome: FileReport) -> Step:
        """The report made ready, and the receipt that is told when it is filed."""
        async with self._office.reading() as reading:
            held = [await reading.blobs.held(each) for each in outcome.files]
        attachments = tuple(filter(None, held))
        made = replace(outcome.report, channel=message.channel, attachments=attachments)
        filing = await self._office.intake.prepare(made)
        receipt, texts = filing.told, self._texts
        spoken, due = texts.aloud(receipt.code), texts.day(receipt.due)
        keep = texts("receipt.keep", spoken=spoken, due=due)
        if not made.told:  # filed before she could be told who reads it
            keep += "\n" + texts("report.readers.filed", names=texts.listed(receipt.readers))
        replies = [
            Reply(texts("receipt.text")),
            Reply(shown(receipt.code), alone=True),
            Reply(keep),
            Reply(texts(f"receipt.after.{message.channel}", due=due)),
        ]
        if len(attachments) < len(held):
            replies.append(Reply(texts("talk.file_lost")))
        if not outcome.ask_place:
            return Step(None, tuple(replies), filing)
        place = Talk(begun=Begun(dialogue="place", ticket=receipt.number))
        return Step(place, (*replies, Reply(texts("receipt.place.after"))), filing)
