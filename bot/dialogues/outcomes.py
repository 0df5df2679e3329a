"""What follows from a talk. Reception carries it out and says the result."""

from __future__ import annotations

from dataclasses import dataclass

from casework.judgements import Judgement
from casework.reports import Report
from nlp.following import NOTHING_BEFORE, Before


@dataclass(frozen=True)
class FileReport:
    """Hand this report to the intake door."""

    report: Report
    files: tuple[str, ...] = ()  # ids as they are held
    ask_place: bool = False  # filed first because it could not wait: the place is asked after it


@dataclass(frozen=True)
class AddMessage:
    """The reporter adds something to her report."""

    number: str  # of the ticket
    text: str
    files: tuple[str, ...] = ()  # ids as they are held; words are not needed beside them


@dataclass(frozen=True)
class Reopen:
    """The reporter says it was not solved."""

    number: str  # of the ticket


@dataclass(frozen=True)
class Rate:
    """回访: what the reporter says became of it ('solved', 'unsolved', 'nobody_came')."""

    number: str  # of the ticket
    said: str


@dataclass(frozen=True)
class Appeal:
    """The reporter asks the level above to look at the answer."""

    number: str  # of the ticket
    text: str


@dataclass(frozen=True)
class Remind:
    """The reporter asks that something be done."""

    number: str  # of the ticket


@dataclass(frozen=True)
class Withdraw:
    """The reporter takes her report back."""

    number: str  # of the ticket


@dataclass(frozen=True)
class Forget:
    """Her account opens her case no more."""


@dataclass(frozen=True)
class Subscribe:
    """A craftsman wants training notices on this channel."""

    phone: str


@dataclass(frozen=True)
class Unsubscribe:
    """No more notices to this address."""


@dataclass(frozen=True)
class StartReport:
    """Go on into the report dialogue with what was said first."""

    text: str
    by_numbers: bool = False  # she speaks and does not write


@dataclass(frozen=True)
class StartDanger:
    """Go on into the danger dialogue with what was said first."""

    text: str


@dataclass(frozen=True)
class Alarm:
    """She says that these words tell of a threat against her, or that her name is out."""

    text: str


@dataclass(frozen=True)
class StartAsking:
    """Take these words as a new question, that may go on from the answer `before`."""

    text: str
    before: Before = NOTHING_BEFORE


@dataclass(frozen=True)
class AskAgain:
    """Take these words as a question, by themselves or with the `earlier` one; the answer of `topic`
    was of no use to that."""

    text: str
    earlier: str
    topic: str = ""


@dataclass(frozen=True)
class Judged:
    """Count what became of her question; unless the answer helped, go on asking about it."""

    judgement: Judgement


@dataclass(frozen=True)
class KeepWords:
    """Those who write the answers may read her words."""

    judgement: Judgement


Outcome = (
    FileReport
    | AddMessage
    | Reopen
    | Rate
    | Appeal
    | Remind
    | Withdraw
    | Forget
    | Subscribe
    | Unsubscribe
    | StartReport
    | StartDanger
    | Alarm
    | StartAsking
    | AskAgain
    | Judged
    | KeepWords
)
