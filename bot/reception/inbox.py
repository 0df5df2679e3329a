"""One message in, a turn out, on every channel alike.

For channels with a queue: the message is stored before anybody acts on it, and what is said, kept and
done about it is one transaction. A message that arrives twice is answered once.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from bot.dialogues import keeping
from bot.reception.conversation import Conversation
from bot.reception.outcomes import Reply, Step
from bot.talk import button
from casework.content import Texts
from casework.ports import Files, Office
from casework.refusals import Refusal
from casework.shelves import Inbound, Parcel, Priority, Talk
from nlp.understanding import Knowing, Understanding

log = logging.getLogger(__name__)

T = TypeVar("T")

#: How often a message is heard again because others of the same caller came between.
MOST_MOVES = 20
#: How often a stored message is tried, the first time included.
MOST_TRIES = 3


class TalkMoved(Exception):
    """Another message of hers was answered meanwhile: this one is heard again, after it."""


class AnsweredElsewhere(Exception):
    """It waits no longer: another process was faster."""


#: What a stored message leads to.
Hear = Callable[[Inbound], Awaitable[Step]]
#: What belongs into the block that stores it.
Beside = Callable[[Files], Awaitable[None]]
#: How a channel says it, in the block that answers it: what its open line gets, '' where it has none.
Say = Callable[[Files, Inbound, Sequence[Reply]], Awaitable[str]]


class Reception:
    """Whoever comes is heard here first."""

    def __init__(self, office: Office, knowing: Knowing, *, web: str = "") -> None:
        self.office = office
        self.conversation = Conversation(office, knowing, web=web)

    @property
    def knows(self) -> Understanding:
        return self.conversation.driver.knows

    @property
    def texts(self) -> Texts:
        return self.conversation.driver.texts

    def promise(self, channel: str) -> str:
        """Who can know what, on this channel."""
        return self.conversation.driver.promise(channel)

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

    async def take(
        self, message: Inbound, *, before: Beside | None = None, after: Beside | None = None
    ) -> bool:
        """Store a message durably. False when it was here before. In the same block: `before`, whose
        exception stops it, and `after` where it is new."""
        async with self.office.files() as files:
            if before:
                await before(files)
            is_new = await files.talks.take(message)
            if is_new and after:
                await after(files)
            return is_new

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
        if message.text or message.files:
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

    async def answer(
        self,
        message: Inbound,
        hear: Hear | None = None,
        say: Say | None = None,
        *,
        parts: Sequence[Inbound] = (),
    ) -> str | None:
        """Answer a stored message, or the stored `parts` it was made of: report, talk, what is said and
        the mark 'done' are one transaction. What `say` gives; None where it was answered elsewhere."""

        async def answered() -> str:
            step = await (hear or self.heard)(message)
            async with self.office.files() as files:
                for part in parts or (message,):
                    if not await files.talks.done(part):
                        raise AnsweredElsewhere
                await self.keep(files, message, step)
                return await (say or put_out)(files, message, step.replies)

        try:
            return await in_order(answered)
        except AnsweredElsewhere:
            return None

    async def left(self, channel: str) -> Sequence[Inbound]:
        """What was taken and not answered, those tried least first."""
        async with self.office.reading() as reading:
            return await reading.talks.pending(channel)

    async def once_more(
        self, message: Inbound, hear: Hear | None = None, say: Say | None = None
    ) -> str | None:
        """Answer what was left behind; what fails again stays, and after `MOST_TRIES` it is parked.
        Raises `Refusal` where the house is away, which is not the message's fault."""
        tries = await self.tried(message)
        if not tries:
            return None
        if tries <= MOST_TRIES:
            try:
                return await self.answer(message, hear, say)
            except Refusal:
                raise
            except Exception as fault:  # whatever it is, it must not keep the other messages
                log.error("not answered", extra={"fault": type(fault).__name__, "tries": tries})
                if tries < MOST_TRIES:
                    return None
        async with self.office.files() as files:
            said = await (say or put_out)(files, message, (self.parked(),))
            await files.talks.park(message)
        return said

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
        if step.remembers:
            await files.remembered.keep(message.channel, message.caller, step.remembers)
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
        """What a message leads to from this talk; nothing of it is kept yet."""
        return await self.conversation.turn(message, talk)


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


async def put_out(files: Files, message: Inbound, replies: Sequence[Reply]) -> str:
    """Each reply a row of the outbox."""
    for n, reply in enumerate(replies):
        await files.outbox.add(_parcel(message, n, reply))
    return ""


def _parcel(message: Inbound, n: int, reply: Reply) -> Parcel:
    return Parcel(
        channel=message.channel,
        recipient=message.caller,
        text=reply.text,
        options=tuple(
            (button(reply.asked, meaning) if reply.asked else meaning, label)
            for meaning, label in reply.options
        ),
        dedupe=dedupe_key(message, n),
        priority=Priority.REPLY,
    )


def dedupe_key(message: Inbound, n: int) -> str:
    """One row a reply, whatever is replayed; no caller in it."""
    return f"{message.channel}/{message.external_id}/{n}"
