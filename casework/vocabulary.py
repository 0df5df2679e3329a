"""The words of a work order: its states and kinds, and how people call them."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Machine values of the states (reference vocabulary of the 12345 work order)."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    RETURNED = "returned"
    IN_PROGRESS = "in_progress"
    NEEDS_INFO = "needs_info"
    RECTIFYING = "rectifying"
    REINSPECTION = "reinspection"
    REPLIED = "replied"
    RESOLVED = "resolved"
    FOLLOWUP = "followup"
    REOPENED = "reopened"
    CLOSED = "closed"
    REFERRED = "referred"
    MERGED = "merged"
    PARKED = "parked"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        return STATUS_LABELS[self]

    @property
    def plain(self) -> str:
        """The same state as a villager is told it."""
        return STATUS_WORDS[self][1]


#: What she is told who takes her report back, whatever becomes of it.
WITHDRAWAL_NOTED = "已记下您要撤回。已经交上去的收不回来"

#: For colleagues, and for a villager.
STATUS_WORDS = {
    Status.RECEIVED: ("待受理", "已经收到,等着有人接"),
    Status.ACCEPTED: ("已受理", "已经接下了,正在安排人办"),
    Status.DECLINED: ("不予受理", "这件事不归这里管,下面写了该找谁"),
    Status.DISPATCHED: ("已交办", "已经交给办事的单位"),
    Status.SIGNED: ("已签收", "办事的单位已经接下了"),
    Status.RETURNED: ("已退单", "办事的单位说不归他管,正在重新安排"),
    Status.IN_PROGRESS: ("办理中", "正在办"),
    Status.NEEDS_INFO: ("待反映人补充", "办事的人有句话想问您,请看下面"),
    Status.RECTIFYING: ("整改中", "查实了,已经叫他们限期整改"),
    Status.REINSPECTION: ("待复验", "说是改好了,等别的人再来看一遍。看合格以前先别搬进去"),
    Status.REPLIED: ("已答复", "已经答复,请看下面"),
    Status.RESOLVED: ("已办结", "说是办好了。没办好您可以说一声"),
    Status.FOLLOWUP: ("回访中", "想听您说一句:到底办好了没有"),
    Status.REOPENED: ("重办", "没办好,正在重新办"),
    Status.CLOSED: ("销号", "已经办结"),
    Status.REFERRED: ("已移交有权机关", "已经移交给该管的机关,像纪委"),
    Status.MERGED: ("已合并", "和另一件说的是同一回事,放在一起办"),
    Status.PARKED: ("挂账", "一时办不了,领导签了字先挂着,到日子再看"),
    Status.WITHDRAWN: ("反映人撤回", WITHDRAWAL_NOTED),
    Status.ARCHIVED: ("归档", "已经办完,收起来了"),
}


STATUS_LABELS = {status: words[0] for status, words in STATUS_WORDS.items()}


class Kind(StrEnum):
    """What sort of matter it is; the deadline policy is chosen by it."""

    CLUE = "clue"
    QUALITY = "quality"
    SERVICE = "service"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        return {"clue": "作风线索", "quality": "房屋质量", "service": "政策办事", "urgent": "紧急"}[
            self.value
        ]


class Audience(StrEnum):
    """Who may read the text of a history line."""

    INSIDE = "inside"
    REPORTER = "reporter"
    TASK = "task"  # the township that has it, and the units above it
