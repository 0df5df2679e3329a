"""The doors of the office, and what stands before them. Rooms above are handed these and know no database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from casework.case import Case
from casework.content import Content, InForce
from casework.deadlines import WorkCalendar
from casework.establishment import Colleague, Invited
from casework.offices import Person, Post, Role
from casework.ports.absences import Absences, AbsencesReading
from casework.ports.enclosing import Enclosing
from casework.ports.gate import Gate
from casework.ports.judgements import Judgements, JudgementsReading
from casework.ports.keys import Keyring
from casework.ports.locks import Locks, MailboxKey, NewMailboxKey, PasswordKey
from casework.ports.platforms import Replies, Tokens, TokensReading, Windows
from casework.ports.recusals import Recusals, RecusalsReading
from casework.ports.telling import (
    Alerts,
    AlertsReading,
    Roster,
    RosterReading,
    Ways,
    WaysReading,
)
from casework.ports.unit_keys import UnitKeys, UnitKeysReading
from casework.ports.writing import Writing
from casework.queue import Scope, Tab, View
from casework.recusals import Away
from casework.reports import Addition, Attachment, Mailbox, Once, Receipt, Report, Told
from casework.routing import Route
from casework.shelves import (
    Announcement,
    BatchRow,
    ClueFile,
    Craftsman,
    DamagedClue,
    Inbound,
    InCounty,
    InLog,
    Key,
    LogProof,
    OutboxFigures,
    Page,
    Parcel,
    Progress,
    Sees,
    SignIn,
    Talk,
    TicketFile,
)
from casework.tickets import Entry, Ticket
from casework.transparency import Frontier


class WallClock(Protocol):
    """The only source of the time of day."""

    def now(self) -> datetime: ...


class TicketsReading(Protocol):
    """Tickets for looking at. Who may not read one does not find it."""

    async def get(self, number: str, *, reader: Person) -> TicketFile: ...

    async def known(self, numbers: Collection[str], *, reader: Person) -> frozenset[str]:
        """Those of them that he may know of."""

    async def in_hand(self, person: str, *, reader: Person) -> frozenset[str]:
        """Of the open ones that somebody handles, those the reader may know of."""

    async def open_ones(self, *, reader: Person, covered: Away) -> frozenset[str]:
        """The open ones he may know of that are covered."""

    async def in_batches(self, *, reader: Person) -> Mapping[str, int]:
        """How many of those he may know of went out with each batch, by its number."""

    async def unfinished_by_unit(self) -> Mapping[str, int]:
        """How many open tickets each unit has, of those that have any."""

    async def unfinished(self, units: Collection[str]) -> int:
        """How many these units have to do something about."""

    async def to_climb(self, now: datetime, *, limit: int = 200) -> Sequence[Ticket]:
        """Those whose next step on the ladder may be due, longest waiting first."""

    async def alarming(self) -> bool:
        """Whether there is a ticket that somebody must be told of."""

    async def of_month(self, month: str) -> Mapping[tuple[str, str], int]:
        """Counts of all reports filed in a month by (category, county)."""


class Queue(Protocol):
    """Lists of the tickets a reader may know of."""

    async def page(
        self,
        view: View,
        *,
        reader: Person,
        now: datetime,
        after: Key | None = None,
        back: bool = False,
        limit: int = 50,
    ) -> Page:
        """The nearest deadline first; `back` is the page that ends before the key."""

    async def counts(
        self, *, reader: Person, now: datetime, scope: Scope = Scope.ALL, county: str = ""
    ) -> Mapping[Tab, int]: ...

    async def newest(
        self, *, reader: Person, scope: Scope = Scope.ALL, county: str = "", limit: int
    ) -> Page:
        """Whatever their tab, the last filed first; `next` where there are older ones."""

    async def overview(self, *, reader: Person, now: datetime) -> Sequence[InCounty]:
        """By county, the one with the most late ones first."""


class Tickets(TicketsReading, Protocol):
    """Tickets for working on."""

    async def keep(self, ticket: Ticket, entry: Entry, *, was: Ticket) -> None:
        """Store the next state, refused in a sentence if somebody else was faster."""

    async def seen(self, number: str) -> None:
        """The reporter looked: the last step cannot be taken back any more."""

    async def entries(self, number: str) -> tuple[Entry, ...]: ...

    async def add_entry(self, number: str, entry: Entry) -> None: ...

    async def alarm(self, number: str, why: str) -> None:
        """'new' or 'top': somebody must be told (`Alerts.take_marks`)."""

    async def climbs(self, number: str, at: datetime | None) -> None:
        """When the ladder looks at it again, never where None; any step of the case looks anew."""


class Readers(Protocol):
    """Who holds a box of a ticket."""

    async def of(self, number: str) -> frozenset[str]: ...

    async def whole(self, number: str) -> frozenset[str]:
        """Those of them who can open all of it."""

    async def key_of(self, unit: str) -> bytes | None: ...

    async def let_in(
        self, number: str, unit: str, box: bytes, part_boxes: Mapping[str, bytes], sees: Sees
    ) -> None: ...

    async def leave_out(self, number: str, units: Collection[str]) -> None:
        """These units know of the ticket no more."""

    async def shut(self, number: str, *, but: Collection[str]) -> None:
        """Every other holder knows that the ticket exists and can open nothing of it."""


class LogReading(Protocol):
    """The public, append-only log."""

    async def head(self) -> Frontier: ...

    async def proof(self, index: int) -> LogProof: ...

    async def consistency(self, old_size: int) -> tuple[bytes, ...]: ...

    async def bodies(self, start: int, end: int) -> Sequence[bytes]: ...


class ChecksReading(Protocol):
    """Looking one report over, as the inspection does with all of them."""

    async def of(self, number: str, tag: bytes) -> InLog:
        """`tag` is her code's own mark in the line: another report's line does not pass for hers."""


class MailboxesReading(Protocol):
    """The reporter's side, opened by the key of her code alone (`Locks.code`)."""

    async def open(self, key: MailboxKey) -> Mailbox: ...

    async def case(self, key: MailboxKey) -> Case:
        """The mailbox with how the matter stands, as she is told it. Raises `NoSuchReceipt`."""

    async def number_of(self, key: MailboxKey) -> str: ...

    async def files_of(self, number: str) -> int:
        """How many files are with the report, those added later among them."""


class Mailboxes(MailboxesReading, Protocol):
    """Writing into a report by its ticket's number, which only her code tells."""

    async def held(self, number: str) -> Ticket:
        """The ticket, for whoever writes her word into it: nobody else changes it until the block ends.
        Raises `NoSuchReceipt`."""

    async def recode(self, key: MailboxKey, fresh: NewMailboxKey) -> str:
        """From now on `fresh` opens it, and `key` nothing; the ticket's number. Raises
        `NoSuchReceipt`."""

    async def seal(
        self,
        number: str,
        addition: Addition,
        *,
        at: datetime,
        holders: Collection[str],
        enclosed: Enclosing | None = None,
    ) -> bytes:
        """Her text of this moment, sealed under a key of its own that these units and she get: that of
        the files that come with it, where some do."""

    async def enclose(
        self, number: str, enclosed: Enclosing, *, at: datetime, sealed: bytes
    ) -> str:
        """The files beside her text of this moment, `sealed` with them; what fixes both, for a leaf."""


class PeopleReading(Protocol):
    """Staff and their sessions."""

    async def person(self, person: str) -> Person:
        """As he is now; of one who left, his name."""

    async def in_unit(self, unit: str) -> Sequence[Person]:
        """Those who are here."""

    async def posts(self, person: str) -> Sequence[Post]:
        """All he has, had and will have, the oldest first."""

    async def all(self) -> Sequence[Person]: ...

    async def with_key(self, unit: str) -> Sequence[Person]:
        """Those of a unit who work on cases and hold its key."""

    async def keyring(self, token: str, *, now: datetime) -> Keyring:
        """The keyring of a session. Raises `NotSignedIn`."""

    async def waiting_for_key(self, unit: str) -> Sequence[Person]: ...

    async def invited(self, units: Collection[str]) -> Sequence[Invited]:
        """Those who have set no password yet."""

    async def colleagues(self, units: Collection[str]) -> Sequence[Colleague]:
        """Those who are here, with what they hold."""

    async def has_password(self, person: str) -> bool: ...

    async def said_yes(self, person: str) -> Sequence[str]: ...

    async def called(self, name: str) -> Sequence[tuple[str, bytes]]:
        """(id, salt) of those who have a password and this name or id."""

    async def salt_of(self, person: str) -> bytes:
        """Under which the person's password is stretched. Raises `NotAllowed` where none is set."""


class People(PeopleReading, Protocol):
    """Letting people in, and letting them go."""

    async def held(self, *ids: str) -> Mapping[str, Person]:
        """Those of them who are here, as they are now and until the block ends."""

    async def give(self, person: str, post: Post) -> None: ...

    async def end(self, person: str, post: Post, until: datetime) -> None: ...

    async def moves(self, person: str, to: str) -> None:
        """He is of another unit, without a post and signed out. Raises `BadInput` where somebody there is
        called like him."""

    async def forgets(self, person: str) -> None:
        """His password opens nothing any more, and he is signed out; an invitation lets him set another."""

    async def leaves(self, person: str) -> None:
        """From the end of the block on nothing opens for him any more."""

    async def add(self, name: str, unit: str, roles: frozenset[Role]) -> Person: ...

    async def link(self, person: str, purpose: str, *, now: datetime) -> str:
        """A token that works once: purpose 'invite' or 'login'."""

    async def withdraw(self, person: str) -> None:
        """The links that were to let him in open nothing any more."""

    async def seen(self, token: str, *, now: datetime) -> None: ...

    async def use_link(self, token: str, purpose: str, *, now: datetime) -> SignIn: ...

    async def set_password(self, session: str, password: PasswordKey, *, now: datetime) -> None: ...

    async def keep_key(
        self, person: Person, private: bytes, public: bytes, password: PasswordKey, *, now: datetime
    ) -> None: ...

    async def unlock(self, session: str, password: PasswordKey, *, now: datetime) -> None: ...

    async def sign_in(self, person: str, password: PasswordKey, *, now: datetime) -> SignIn:
        """Raises `NotSignedIn`."""

    async def let_in(self, colleague: Keyring, person: str, *, now: datetime) -> bool:
        """False while another colleague must say yes too. Raises `NotAllowed`."""

    async def sign_out(self, session: str) -> None: ...


class TalksReading(Protocol):
    """What is under way, sealed to a key of the day."""

    async def load(self, channel: str, caller: str) -> Talk | None: ...

    async def pending(self, channel: str) -> Sequence[Inbound]:
        """Taken and not answered, those tried least first."""

    async def parked(self) -> Mapping[str, int]:
        """How many messages of each channel failed too often and are left alone."""

    async def is_pending(self, message: Inbound) -> bool: ...


class Talks(TalksReading, Protocol):
    """Keeping a talk."""

    async def take(self, message: Inbound) -> bool:
        """Store a message as it came, its first try counted; False when it is here already."""

    async def done(self, message: Inbound) -> bool:
        """Answered, and its words erased; False where somebody else did it, or nobody took it. First
        in the block that answers it: a second one waits here, and then finds nothing to do."""

    async def tried(self, message: Inbound) -> int:
        """Count one more try, before it; how many that makes. 0 where nothing waits any more."""

    async def park(self, message: Inbound) -> None:
        """Not tried any more; kept sealed as it is."""

    async def hold(self, channel: str, caller: str) -> Talk | None:
        """The talk as it is now. Nobody else, in any process, holds it until the block ends."""

    async def keep(self, channel: str, caller: str, talk: Talk) -> None: ...

    async def drop(self, channel: str, caller: str) -> None: ...


class OutboxReading(Protocol):
    """How many messages wait, and for how long."""

    async def figures(self) -> Sequence[OutboxFigures]: ...


class Outbox(Protocol):
    """Outgoing messages: added with the act that causes them, sent later by the pump."""

    async def add(self, parcel: Parcel) -> None: ...

    async def lease(
        self, channel: str, *, worker: str, now: datetime, limit: int = 20
    ) -> Sequence[Parcel]: ...

    async def sent(self, parcel: Parcel, *, worker: str, provider_id: str = "") -> None: ...

    async def again(
        self, parcel: Parcel, *, worker: str, due: datetime, trouble: str, counted: bool = True
    ) -> None: ...

    async def failed(self, parcel: Parcel, *, worker: str, trouble: str) -> None: ...

    async def unknown(self, parcel: Parcel, *, worker: str) -> None: ...


class BatchesReading(Protocol):
    """The monthly hand-over as this side keeps it."""

    async def of(self, office: str, month: str) -> BatchRow | None: ...

    async def all(self) -> Sequence[BatchRow]:
        """In the order in which they were made, each standing on the one before."""

    async def clues(
        self, office: str, *, until: str, size: int
    ) -> tuple[Sequence[ClueFile], Sequence[DamagedClue]]:
        """Clues filed up to the end of `until` (YYYY-MM) that no batch holds yet, with what was added
        to them and, where files came with it, fixed in the first `size` leaves; and those of them that
        are not what their leaves fixed."""

    async def content(self, number: str) -> bytes | None:
        """The batch as it goes out; None where its file is gone or is not what was written."""

    async def first_month(self) -> str:
        """The month (YYYY-MM) of the first report of the house, '' where there is none."""

    async def changes(
        self, since: datetime | None, until: datetime
    ) -> Sequence[tuple[str, str, datetime]]:
        """(number, status, at) of clues whose state changed."""


class Batches(BatchesReading, Protocol):
    """Keeping a batch and its receipt."""

    async def keep(self, row: BatchRow, content: bytes, numbers: Sequence[str]) -> None: ...

    async def tried(self, number: str, *, at: datetime, trouble: str) -> None: ...

    async def received(self, number: str, receipt: str, *, at: datetime) -> None: ...

    async def undo(self, number: str) -> None:
        """A batch that nobody signed for is no more; its clues wait for the next one."""


class CraftsmenReading(Protocol):
    """The register of rural craftsmen."""

    async def count(self, county: str = "") -> int: ...

    async def segment(
        self, county: str, *, after: str = "", limit: int = 500
    ) -> Sequence[Craftsman]: ...

    async def progress(self, announcement: str) -> Progress: ...


class Craftsmen(CraftsmenReading, Protocol):
    """Changing the register."""

    async def upsert(self, craftsmen: Sequence[Craftsman]) -> tuple[int, int]:
        """(new, changed). The same list again changes nothing."""

    async def subscribe(self, phone: str, channel: str, address: str) -> Craftsman | None: ...

    async def unsubscribe(self, channel: str, address: str) -> bool: ...

    async def unlink(self, channel: str, address: str) -> bool:
        """Forget the address itself: the platform says its holder has left."""

    async def announce(self, announcement: Announcement) -> None: ...


class Counters(Protocol):
    """Small facts about how the service does, without anybody's words."""

    async def ran(self, job: str, *, at: datetime) -> None: ...

    async def last_run(self, job: str) -> datetime | None: ...

    async def last_runs(self) -> Mapping[str, datetime]: ...


class Blobs(Protocol):
    """Files under way, sealed to the key of the day until a report takes them."""

    async def hold(self, content: bytes, *, caller: str = "") -> Attachment:
        """Raises `BadInput` for what cannot be taken, `TooMuch` where the caller's day is full, or that
        of all; '' is nobody in particular."""

    async def held(self, blob: str) -> Attachment | None: ...

    async def sealed(self, attachment: str) -> bytes: ...


class ShownReceiptsReading(Protocol):
    """Receipts that a phone may look at again for half an hour."""

    async def open(self, cookie: bytes) -> Mapping[str, Any] | None: ...


class ShownReceipts(ShownReceiptsReading, Protocol):
    """Keeping one."""

    async def keep(self, cookie: bytes, said: Mapping[str, Any]) -> None:
        """What its page says, plain values alone, sealed under the phone's cookie of 32 bytes."""


class RememberedReading(Protocol):
    """Codes of those who agreed that their account opens their case."""

    async def code(self, channel: str, caller: str) -> str:
        """'' where none is remembered."""


class Remembered(RememberedReading, Protocol):
    """Remembering one, and forgetting it."""

    async def keep(self, channel: str, caller: str, code: str) -> None:
        """The newest counts; for half a year from now."""

    async def forget(self, channel: str, caller: str) -> None: ...


class Reading(Protocol):
    """The reading door: many at once, nothing changes."""

    @property
    def tickets(self) -> TicketsReading: ...

    @property
    def queue(self) -> Queue: ...

    @property
    def writing(self) -> Writing: ...

    @property
    def recusals(self) -> RecusalsReading: ...

    @property
    def absences(self) -> AbsencesReading: ...

    @property
    def log(self) -> LogReading: ...

    @property
    def checks(self) -> ChecksReading: ...

    @property
    def mailboxes(self) -> MailboxesReading: ...

    @property
    def people(self) -> PeopleReading: ...

    @property
    def unit_keys(self) -> UnitKeysReading: ...

    @property
    def talks(self) -> TalksReading: ...

    @property
    def outbox(self) -> OutboxReading: ...

    @property
    def batches(self) -> BatchesReading: ...

    @property
    def craftsmen(self) -> CraftsmenReading: ...

    @property
    def counters(self) -> Counters: ...

    @property
    def blobs(self) -> Blobs: ...

    @property
    def tokens(self) -> TokensReading: ...

    @property
    def shown_receipts(self) -> ShownReceiptsReading: ...

    @property
    def remembered(self) -> RememberedReading: ...

    @property
    def judgements(self) -> JudgementsReading: ...

    @property
    def roster(self) -> RosterReading: ...

    @property
    def ways(self) -> WaysReading: ...

    @property
    def alerts(self) -> AlertsReading: ...


class Files(Protocol):
    """The writing door: one action, one transaction; its log leaves are appended last."""

    @property
    def tickets(self) -> Tickets: ...

    @property
    def readers(self) -> Readers: ...

    @property
    def queue(self) -> Queue: ...

    @property
    def writing(self) -> Writing: ...

    @property
    def recusals(self) -> Recusals: ...

    @property
    def absences(self) -> Absences: ...

    @property
    def log(self) -> LogReading: ...

    @property
    def mailboxes(self) -> Mailboxes: ...

    @property
    def people(self) -> People: ...

    @property
    def unit_keys(self) -> UnitKeys: ...

    @property
    def talks(self) -> Talks: ...

    @property
    def batches(self) -> Batches: ...

    @property
    def craftsmen(self) -> Craftsmen: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def counters(self) -> Counters: ...

    @property
    def blobs(self) -> Blobs: ...

    @property
    def replies(self) -> Replies: ...

    @property
    def windows(self) -> Windows: ...

    @property
    def tokens(self) -> Tokens: ...

    @property
    def roster(self) -> Roster: ...

    @property
    def ways(self) -> Ways: ...

    @property
    def alerts(self) -> Alerts: ...

    @property
    def shown_receipts(self) -> ShownReceipts: ...

    @property
    def remembered(self) -> Remembered: ...

    @property
    def judgements(self) -> Judgements: ...

    def leaf(self, event: str, **facts: str | int) -> None:
        """A line for the public log, without content, appended when the block ends."""

    def release(self, held: Collection[str]) -> None:
        """These files are with a report: they are held no longer when the block has ended well."""

    def file(self, prepared: Prepared) -> None:
        """A report that `Intake.prepare` made ready: filed when the block ends, with all that the
        block did; raise, and it was never filed."""


class Prepared(Protocol):
    """A report sealed and routed, which no door has filed yet."""

    @property
    def told(self) -> Told: ...


class Intake(Protocol):
    """The door for reports: those waiting share one transaction."""

    async def file(self, report: Report) -> Receipt:
        """A durable receipt. Raises a `Refusal`; `ReadersChanged` when `report.told` no longer holds,
        `KeyUsed` when `report.once` has a key that came with another content."""

    async def prepare(self, report: Report) -> Prepared:
        """The report made ready for a block that does more than file it (`Files.file`). Raises what
        `file` raises; its `once` counts for nothing there."""

    async def answered(self, once: Once) -> Receipt | None:
        """What this request got within the day, None where it is new. Raises `KeyUsed`."""

    async def another_code(self) -> NewMailboxKey:
        """For somebody whose code others may know."""

    async def way(self, report: Report) -> Route:
        """Who would read it if it were handed in now; nothing is filed."""

    async def enclose(self, number: str, held: Sequence[str]) -> Enclosing:
        """Held files made ready for an addition to a report (`Mailboxes.seal`): this may take a while, so
        it is done before a door opens. Raises `BadInput` where one is not held any more."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """Everything a room may ask for. An action takes only the doors it needs."""

    clock: WallClock
    in_force: InForce
    reading: Callable[[], AbstractAsyncContextManager[Reading]]
    files: Callable[[], AbstractAsyncContextManager[Files]]
    intake: Intake
    locks: Locks
    gate: Gate

    @property
    def content(self) -> Content:
        return self.in_force().content

    @property
    def calendar(self) -> WorkCalendar:
        return self.in_force().calendar
