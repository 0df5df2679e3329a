"""Who may say what about people: who gives and ends posts, who lets whom go, and what nobody may do.

The sentences say what to do instead. That a person reads cases takes more than a post: colleagues of
his unit let him in (`storage.people`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from casework.offices import CHAIN, Level, Organisation, Person, Role


class Verb(StrEnum):
    """What may be done about a colleague."""

    INVITE = "invite"
    GIVE = "give"
    END = "end"
    MOVE = "move"
    RESET = "reset"
    REMOVE = "remove"

    @property
    def label(self) -> str:
        return {
            "invite": "请同事", "give": "加岗位", "end": "定到期", "move": "调走",
            "reset": "重设密码", "remove": "离岗",
        }[self.value]  # fmt: skip


#: Who leads the work on cases.
LEADS = frozenset({Role.SUPERVISOR, Role.LEADER})
_RUNS = LEADS | {Role.SYSADMIN}

#: Which roles may do it, in the colleague's own unit or in one above it.
MAY: dict[Verb, frozenset[Role]] = {
    Verb.INVITE: _RUNS,
    Verb.GIVE: _RUNS,
    Verb.END: _RUNS,
    Verb.MOVE: _RUNS,
    Verb.RESET: _RUNS,
    Verb.REMOVE: _RUNS,
}

#: What nobody does about himself.
NOT_ONESELF = {
    Verb.GIVE: "岗位不能自己给自己加,请同事或者上级来加。",
    Verb.MOVE: "自己不能把自己调走,请同事或者上级来办。",
    Verb.RESET: "自己的密码不能自己重设,请同事或者上级来办。",
    Verb.REMOVE: "自己不能给自己办离岗,请同事或者上级来办。",
}


def why_not(verb: Verb, by: Person, whom: Person, offices: Organisation) -> str:
    """The sentence that refuses it, '' when he may."""
    if by.id == whom.id and verb in NOT_ONESELF:
        return NOT_ONESELF[verb]
    if not MAY[verb] & by.roles:
        return f"“{verb.label}”由督办员、分管领导或者系统管理员来办。"
    if not is_over(by, whom.unit, offices):
        return f"“{verb.label}”由他本单位或者上级单位来办。"
    return ""


def why_not_into(by: Person | None, unit: str, offices: Organisation) -> str:
    """The sentence that refuses to invite somebody into a unit, '' when he may; None keeps the machine."""
    if unit not in offices or offices[unit].level not in CHAIN:
        return "没有这个单位,或者它不办件。"
    if by and not MAY[Verb.INVITE] & by.roles:
        return f"“{Verb.INVITE.label}”由督办员、分管领导或者系统管理员来办。"
    if by and not is_over(by, unit, offices):
        return "只能给本单位和下级单位请同事。"
    return ""


def why_not_to(by: Person | None, whom: Person, to: str, offices: Organisation) -> str:
    """The sentence that refuses to move somebody there, '' when he may; None keeps the machine."""
    if to not in offices or offices[to].level not in CHAIN:
        return "没有这个单位,或者它不办件。"
    if to == whom.unit:
        return f"他就在{offices[to].name}。"
    if by and not is_over(by, to, offices):
        return "调去那边,由管得到两边的上级来办;或者这边办离岗,那边再请他来。"
    return ""


def is_over(by: Person, unit: str, offices: Organisation) -> bool:
    """Whether somebody sits in the unit or in one above it."""
    return unit in offices and by.unit in {each.id for each in offices.upwards(offices[unit])}


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What hangs on somebody, when he leaves his unit or his last post in which cases are read."""

    whom: Person
    knows: bool  # he has a box of the unit's key
    holders: frozenset[str]  # who can open the unit's key now
    unfinished: int  # tickets that his unit, or a township of it, has to do something about

    @property
    def is_last(self) -> bool:
        """Nobody can open the unit's key when he is gone."""
        return self.knows and not self.holders - {self.whom.id}


def why_key_stays(leaving: Leaving, offices: Organisation, *, after: str) -> str:
    """The sentence that keeps the last who can open the unit's key, '' when he can go. `after` is what
    is to be done, as said: without his key it stands still after it."""
    if not leaving.is_last or leaving.whom.unit not in offices:
        return ""
    unit = offices[leaving.whom.unit]
    if unit.id == offices.province.id:
        return f"{unit.name}的钥匙只有他有。{after}全省都收不了反映。{LET_IN}"
    if leaving.unfinished:
        above = offices[offices.over(unit.id)].name
        return (
            f"{unit.name}的钥匙只有他有,还有 {leaving.unfinished} 件没有办完,{after}本单位就打不开了。"
            f"{LET_IN}没有人可以进来的,请{above}把这些件改派走,再办他的。"
        )
    return ""


#: What is to be done about him, as said in front of what follows from it.
LEAVES, RESETS = "他走了,", "重设了密码,"

LET_IN = "先请一位同事设好密码,由他在“同事”页点“让他进来”,再办他的。"
LAST_SYSADMIN = "他是省里最后一位系统管理员。先让另一位当上系统管理员,再办他的。"
LAST_KEY_LATER = "本单位的钥匙只有他有,不能先定好到期的日子:先让一位同事进来,或者到那天再办离岗。"


def depending_on(unit: str, offices: Organisation) -> frozenset[str]:
    """The unit, and the townships whose tasks it answers for: nobody else's cases stand still with it."""
    if unit not in offices:
        return frozenset({unit})
    below = (each for each in offices.below(offices[unit]) if offices[each].parent == unit)
    return frozenset({unit, *(each for each in below if offices[each].level is Level.TOWNSHIP)})
