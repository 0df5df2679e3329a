"""Values that stand on the shelves: what the store hands over and takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from casework.queue import PLACES, Tab
from casework.sealed_names import moment_of, original_of
from casework.tickets import Audience, Entry, Ticket, standing


class Sees(StrEnum):
    """How much of a ticket the holder of a box can open."""

    ALL = "all"
    TASK = "task"  # a township: what was written for it, and what it writes (decision 012)


@dataclass(frozen=True, kw_only=True)
class LastStep:
    """The last step somebody at the office took, while the reporter has not looked since."""

    n: int  # its line in the history
    person: str
    at: datetime
    was: Ticket  # as it stood before


@dataclass(frozen=True, kw_only=True)
class TicketFile:
    """A ticket with everything that lies in its folder, still sealed. Whoever sees the task alone is
    handed no field, no attachment and no part."""

    ticket: Ticket
    entries: tuple[Entry, ...]
    fields: Mapping[str, bytes]  # 'story', 'facts' → sealed bytes
    box: bytes = b""  # the reading unit's own box
    box_holder: str = ""  # which unit it is for
    sees: Sees = Sees.ALL  # what the box opens
    shred: bytes = b""  # the shred secret, without which the box opens nothing
    attachments: tuple[SealedAttachment, ...] = ()
    #: The unit's own boxes of texts the reporter added later, by the field they are sealed under.
    parts: Mapping[str, bytes] = field(default_factory=dict)
    last: LastStep | None = None  # what may still be taken back

    @property
    def standing(self) -> tuple[Entry, ...]:
        """The lines that hold."""
        return standing(self.entries)

    def letters(self) -> tuple[Entry, ...]:
        """The lines the reporter may read."""
        return tuple(e for e in self.entries if e.audience is Audience.REPORTER and e.text)


@dataclass(frozen=True, kw_only=True)
class BoxInStack:
    """A unit's box of a ticket, or of a text added to it."""

    ticket: str
    box: bytes
    part: str = ""  # the field of the addition, '' is the ticket's own
    fresh: bytes = b""  # sealed anew; empty where that is not needed or cannot be


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Boxes of a unit that may lie under an earlier key of it."""

    unit: str
    public: bytes  # the unit's key of today
    after: str  # of the tickets after this one
    upto: str  # to this one; '' is the last stack
    boxes: tuple[BoxInStack, ...]


@dataclass(frozen=True, kw_only=True)
class KeyChange:
    """How the change of a unit's key stands."""

    unit: str
    due: bool = False  # somebody knows the key who may not any more
    under_way: bool = False  # the new one counts; not every box is sealed anew
    done: int = 0
    total: int = 0


class HandlersCopy(StrEnum):
    """What a handler opens of a file that came with a report (decision 011)."""

    ORIGINAL = ""  # filed before copies were made: the file as it came
    MADE = "made"  # made anew; the original is sealed to the discipline office and the escrow
    NONE = "none"  # it could not be made anew: only the original is there


@dataclass(frozen=True, kw_only=True)
class SealedAttachment:
    """A file that came with the report or with an addition; its bytes lie sealed in the blob store."""

    id: str
    kind: str
    size: int  # of what the handler opens; of the original where he opens nothing
    media_type: str
    copy: HandlersCopy = HandlersCopy.ORIGINAL
    part: str = ""  # the field of the addition it came with, '' came with the report

    @property
    def added_at(self) -> datetime | None:
        """When it was added, None where it came with the report."""
        return moment_of(self.part) if self.part else None

    @property
    def kept_as(self) -> tuple[str, ...]:
        """The names under which its sealed bytes lie: the original's, the copy's, or both."""
        match self.copy:
            case HandlersCopy.ORIGINAL:
                return (self.id,)
            case HandlersCopy.MADE:
                return (original_of(self.id), self.id)
            case HandlersCopy.NONE:
                return (original_of(self.id),)


@dataclass(frozen=True, kw_only=True)
class Key:
    """Where a page ended: the moment it is sorted by and the number of the last line."""

    turn: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of a list. Of its folder lie there what it is told by: the story and what was understood;
    nothing where the reader sees the task alone, or can open nothing any more."""

    file: TicketFile
    turn: Key
    since: datetime  # when the unit that has it got it
    handler: str = ""  # who works on it, by name
    urged: bool = False  # somebody above looks at it
    voice: bool = False  # a recording is with it

    @property
    def ticket(self) -> Ticket:
        return self.file.ticket


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a queue, and the key of the next one if there is more."""

    shown: tuple[Listed, ...]
    next: Key | None = None

    @property
    def lines(self) -> tuple[Ticket, ...]:
        return tuple(each.ticket for each in self.shown)


@dataclass(frozen=True, kw_only=True)
class InCounty:
    """How many of a county's tickets stand in each tab."""

    county: str  # '' where none was named
    counts: Mapping[Tab, int]

    @property
    def open(self) -> int:
        return sum(n for tab, n in self.counts.items() if tab in PLACES and tab is not Tab.DONE)


class Priority(StrEnum):
    """Replies before announcements. The first letter sorts."""

    REPLY = "a-reply"
    ANNOUNCEMENT = "c-announcement"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One outgoing message, in clear only inside the process that sends it."""

    channel: str
    recipient: str
    text: str
    options: tuple[tuple[str, str], ...] = ()  # (meaning, label) as buttons where there are any
    dedupe: str = ""
    priority: Priority = Priority.REPLY
    due: datetime | None = None
    expires_at: datetime | None = None  # after it the platform would refuse
    id: int = 0
    attempts: int = 0


@dataclass(frozen=True, kw_only=True)
class OutboxFigures:
    """How the messages of one channel and kind stand: numbers, nobody's words."""

    channel: str
    kind: str  # reply, announcement
    waiting: int
    given_up: int
    oldest: datetime | None  # when the oldest of those waiting was written


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One message as it came from a channel, stored before anybody acts on it."""

    channel: str
    external_id: str
    caller: str  # the platform's own address of the sender; leaves memory only as an HMAC
    kind: str = "text"  # text, choice, photo, voice, video, document, location, scan, edit
    text: str = ""
    files: tuple[str, ...] = ()  # ids of held attachments
    media: str = ""  # the platform's own id of a file that is not fetched yet
    place: str = ""  # the place that a scanned code or a sent position names
    number: str = ""  # the platform's own of the message, by which it tells of an edit
    album: str = ""  # the platform's own of several that were sent as one
    at: datetime | None = None
    asks: str = ""  # who is counted (`casework.callers`) where `caller` is a name of her own choice
    #: What her talk holds that may be how her story begins: words, and files. Never stored.
    since: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """What is known about the answer to a message whose sender waits on the line."""

    text: str = ""  # '' while it is not there yet
    hung_up: bool = False  # the platform was told not to wait


@dataclass(frozen=True, kw_only=True)
class PlatformToken:
    """A platform's access token, shared by every process of the house."""

    value: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What a talk began with; what its dialogue does not need is empty."""

    dialogue: str = ""  # '' where nothing waits for an answer
    text: str = ""  # her words, without codes
    place: str = ""  # where she is: scanned, sent, or named in an earlier question
    earlier: str = ""  # what she asked before, and goes along with her words
    before: str = ""  # the answer she had last (`nlp.following.Before`), which they may go on from
    topic: str = ""  # slug of the answer that was of no use
    box: str = ""  # what her code opened (`bot.dialogues.status.Box`)
    ticket: str = ""  # number of the report that was filed first
    number: str = ""  # of the message that it began with
    by_numbers: bool = False  # she speaks and does not write: numbers must be enough
    since: tuple[str, ...] = ()  # what she said before, that may be how her story begins

    @property
    def anything(self) -> bool:
        """Whether something is worth keeping where nothing waits."""
        return bool(self.place or self.before or self.since)


@dataclass(frozen=True)
class Remark:
    """One thing she said: the meaning of her answer to a question; or, with no key, words beside it."""

    key: str
    meaning: str
    number: str = ""  # of the message


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A conversation as it is kept: how it began, all she said since then, what was looked up for it,
    and what was last shown."""

    begun: Begun = Begun()
    said: tuple[Remark, ...] = ()  # in that order
    files: tuple[str, ...] = ()  # ids of held attachments, whenever they came
    looks: tuple[tuple[str, str], ...] = ()
    shown: tuple[str, ...] = ()  # the transcript a web page shows again; last turns only
    asked: str = ""  # key of the question that waits
    misses: int = 0
    unheard: str = ""  # what came after a long silence, while we ask whether to go on
    at: datetime | None = None  # when it was last kept; set by the store
    mark: str = field(default="", compare=False)  # another one each time it is kept; by the store

    @property
    def waits(self) -> bool:
        """Whether a question of ours waits for her answer."""
        return bool(self.begun.dialogue)

    @property
    def answers(self) -> dict[str, str]:
        return {each.key: each.meaning for each in self.said if each.key}

    @property
    def told(self) -> tuple[str, ...]:
        """Her words beside the answers."""
        return tuple(each.meaning for each in self.said if not each.key)

    @property
    def is_worth_keeping(self) -> bool:
        """Also where nothing waits."""
        return self.begun.anything or bool(self.files)

    @property
    def letters(self) -> int:
        """Of all that goes into a report from it."""
        told = (self.begun.text, *self.begun.since, *(each.meaning for each in self.said))
        return sum(map(len, told))

    def answered(self, key: str, meaning: str, *, number: str = "") -> Talk:
        """With her answer to the question `key`, as the newest one."""
        others = (each for each in self.said if each.key != key)
        said = (*others, Remark(key, meaning, number))
        return replace(self, said=said, misses=0, unheard="")

    def telling(self, words: str = "", *, files: tuple[str, ...] = (), number: str = "") -> Talk:
        """With what she said or sent beside the answers."""
        said = (*self.said, Remark("", words, number)) if words else self.said
        return replace(self, said=said, files=tuple(dict.fromkeys((*self.files, *files))))

    def without(self, gone: Remark) -> Talk:
        return replace(self, said=tuple(each for each in self.said if each is not gone), looks=())

    def retold(self, was: Remark, words: str) -> Talk:
        """With other words in the place of these."""
        said = (replace(each, meaning=words) if each is was else each for each in self.said)
        return replace(self, said=tuple(said), looks=())

    def one_back(self) -> Talk:
        """Without what she said last; what was looked up may be otherwise then."""
        return replace(self, said=self.said[:-1], looks=())


@dataclass(frozen=True, kw_only=True)
class LogProof:
    """What anyone needs to check that a leaf is in the log."""

    index: int
    leaf: bytes
    size: int
    root: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class InLog:
    """What was found when one report was looked up in the log."""

    index: int = -1
    stands: bool  # its line is there, and the log's head is made over it
    untouched: bool = False  # what lies sealed is, byte for byte, what that line fixed


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A session that was opened: the token goes into the cookie and nowhere else."""

    token: str
    person: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class BatchRow:
    """A monthly batch as the housing side keeps it: sealed, numbered, and its receipt."""

    number: str
    office: str
    month: str
    made_at: datetime
    count: int
    digest: str
    size: int
    root: bytes
    sent_at: datetime | None = None
    receipt: str = ""
    attempts: int = 0
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class AddedLater:
    """What the reporter added to a clue, under a key of its own: the office's box of it, the sealed text,
    and the sealed files that came with it."""

    part: str  # the field it is sealed under
    box: bytes
    sealed: bytes
    attachments: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClueFile:
    """A report as it goes to the discipline office: sealed fields and the office's own box."""

    ticket: Ticket
    fields: tuple[tuple[str, bytes], ...]
    box: bytes
    attachments: tuple[tuple[str, bytes], ...]
    leaf_index: int
    leaf_body: bytes
    salt: bytes
    added: tuple[AddedLater, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DamagedClue:
    """A report that should go and does not fit what its leaf fixed. Named, and kept until mended."""

    number: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Craftsman:
    """A rural craftsman on the register. Contact data lie sealed under the service key."""

    id: str
    name: str
    phone: str
    county: str
    township: str = ""
    trade: str = ""
    certificate: str = ""
    channel: str = ""
    address: str = ""  # chat id on the channel, '' while unreachable
    unsubscribed: bool = False


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """A message to a segment of craftsmen."""

    id: str
    text: str
    county: str
    made_at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an announcement is, counted from the outbox rows."""

    total: int
    sent: int = 0
    failed: int = 0
    waiting: int = 0
    unknown: int = 0
    unreachable: int = 0
    failures: tuple[tuple[str, str], ...] = field(default=())  # (craftsman's name, reason)
