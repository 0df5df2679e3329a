"""The action bar: the steps offered now, drawn from their cards and the content's sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from casework.permits import usual
from casework.rules import Rules
from casework.step_texts import WORDS, StepText, StepTexts, needed
from casework.steps import Action, Group
from casework.tickets import Audience, Ticket
from casework.writing import Phrase


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a step's form, by its name in `Particulars`; `text` is the box for words."""

    name: str
    label: str
    required: bool
    value: str = ""  # what was typed when the step was refused


@dataclass(frozen=True, kw_only=True)
class Form:
    """One step as it stands on the page; without fields it is a button."""

    action: Action
    text: StepText
    fields: tuple[Field, ...] = ()
    to_reporter: bool = False
    as_passed: bool = False  # the draft that was passed goes out; there are no words to write
    is_open: bool = False
    phrases: tuple[Phrase, ...] = ()

    @property
    def folds(self) -> bool:
        """Whether it opens before it can be taken: it must be told something, or is hard to undo."""
        asks = any(each.required for each in self.fields)
        return asks or self.as_passed or self.action.card.grave


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`usual` are the one or two steps that come next; the others stand by what they are for."""

    usual: tuple[Form, ...]
    groups: tuple[tuple[Group, tuple[Form, ...]], ...]

    def __bool__(self) -> bool:
        return bool(self.usual or self.groups)


def bar(
    ticket: Ticket,
    offered: Sequence[Action],
    rules: Rules,
    texts: StepTexts,
    typed: tuple[Action, Mapping[str, str]] | None = None,
    phrases: Sequence[Phrase] = (),
) -> Bar:
    """`typed` is what somebody began to write with a step, or was refused: it stands open, and nothing of
    it is lost."""
    forms = {
        action: _form(
            action, ticket, texts, typed[1] if typed and typed[0] is action else {},
            tuple(each for each in phrases if each.action is action),
        )
        for action in offered
    }  # fmt: skip
    first = usual(ticket, offered, rules)
    groups = ((group, _rest(group, offered, first)) for group in Group)
    return Bar(
        usual=tuple(forms[action] for action in first),
        groups=tuple(
            (group, tuple(forms[action] for action in rest)) for group, rest in groups if rest
        ),
    )


def _rest(group: Group, offered: Sequence[Action], first: Collection[Action]) -> list[Action]:
    rest = [each for each in offered if each.card.group is group and each not in first]
    return sorted(rest, key=lambda each: each.card.grave)


def _form(
    action: Action,
    ticket: Ticket,
    texts: StepTexts,
    typed: Mapping[str, str],
    phrases: tuple[Phrase, ...],
) -> Form:
    card = action.card
    as_passed = action is Action.REPLY and ticket.tracks.draft == "passed"
    return Form(
        action=action,
        text=texts[action],
        fields=tuple(
            Field(
                name=need, label=texts.label(action, need), required=need not in card.offers,
                value=typed.get(need, ""),
            )
            for need in needed(action)
            if not (as_passed and need == WORDS)
        ),
        to_reporter=card.says is Audience.REPORTER,
        as_passed=as_passed,
        is_open=bool(typed),
        phrases=phrases,
    )  # fmt: skip
