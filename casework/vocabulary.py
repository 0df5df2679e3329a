"""The words of a work order: its states, what may be done to it, and how people call both."""

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


class Action(StrEnum):
    """What may be done to a ticket."""

    FILE = "file"
    ACCEPT = "accept"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    REASSIGN = "reassign"
    SIGN = "sign"
    RETURN = "return"
    START = "start"
    ASK = "ask"
    ADD = "add"
    SUBMIT = "submit"
    PASS = "pass"  # noqa: S105  # not a password: the reviewer passes a draft
    SEND_BACK = "send_back"
    REPLY = "reply"
    RECTIFY = "rectify"
    RECTIFIED = "rectified"
    REINSPECT_PASS = "reinspect_pass"  # noqa: S105  # nor is this one
    REINSPECT_FAIL = "reinspect_fail"
    RESOLVE = "resolve"
    FOLLOW_UP = "follow_up"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    NOBODY_CAME = "nobody_came"
    UNREACHED = "unreached"
    REOPEN = "reopen"
    CLOSE = "close"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    NO_EXTENSION = "no_extension"
    ASK_REVIEW = "ask_review"
    REVIEW_KEEP = "review_keep"
    REVIEW_REDO = "review_redo"
    ASK_REEXAM = "ask_reexam"
    REEXAM_KEEP = "reexam_keep"
    REEXAM_REDO = "reexam_redo"
    MERGE = "merge"
    PARK = "park"
    UNPARK = "unpark"
    REFER = "refer"
    WITHDRAW = "withdraw"
    WISH_WITHDRAWN = "wish_withdrawn"
    ARCHIVE = "archive"
    NOTE = "note"
    MARK_CLUE = "mark_clue"
    REMIND = "remind"
    ESCALATE = "escalate"
    CIRCULAR = "circular"
    INTERVIEW = "interview"
    PROBLEM_LETTER = "problem_letter"
    ACCOUNTABILITY = "accountability"
    OPEN = "open"
    BATCH = "batch"

    @property
    def label(self) -> str:
        return ACTION_LABELS[self]


ACTION_LABELS = {
    Action.FILE: "登记",
    Action.ACCEPT: "受理",
    Action.DECLINE: "不予受理",
    Action.DISPATCH: "交办",
    Action.REASSIGN: "改派",
    Action.SIGN: "签收",
    Action.RETURN: "退单",
    Action.START: "开始办理",
    Action.ASK: "请反映人补充",
    Action.ADD: "反映人补充",
    Action.SUBMIT: "送审",
    Action.PASS: "审核通过",
    Action.SEND_BACK: "退回修改",
    Action.REPLY: "答复",
    Action.RECTIFY: "限期整改",
    Action.RECTIFIED: "整改完成",
    Action.REINSPECT_PASS: "复验合格",
    Action.REINSPECT_FAIL: "复验不合格",
    Action.RESOLVE: "办结",
    Action.FOLLOW_UP: "回访",
    Action.SOLVED: "反映人说解决了",
    Action.UNSOLVED: "反映人说没解决",
    Action.NOBODY_CAME: "反映人说没人来过",
    Action.UNREACHED: "回访联系不上",
    Action.REOPEN: "重办",
    Action.CLOSE: "销号",
    Action.ASK_EXTENSION: "申请延期",
    Action.EXTEND: "批准延期",
    Action.NO_EXTENSION: "不准延期",
    Action.ASK_REVIEW: "申请复查",
    Action.REVIEW_KEEP: "复查维持",
    Action.REVIEW_REDO: "复查责令重办",
    Action.ASK_REEXAM: "申请复核",
    Action.REEXAM_KEEP: "复核维持",
    Action.REEXAM_REDO: "复核责令重办",
    Action.MERGE: "合并",
    Action.PARK: "挂账",
    Action.UNPARK: "恢复办理",
    Action.REFER: "移交纪委",
    Action.WITHDRAW: "撤回",
    Action.WISH_WITHDRAWN: "反映人要求撤回",
    Action.ARCHIVE: "归档",
    Action.NOTE: "内部备注",
    Action.MARK_CLUE: "标记为问题线索",
    Action.REMIND: "催办",
    Action.ESCALATE: "超期上报",
    Action.CIRCULAR: "通报",
    Action.INTERVIEW: "约谈",
    Action.PROBLEM_LETTER: "问题函告",
    Action.ACCOUNTABILITY: "问责",
    Action.OPEN: "查看",
    Action.BATCH: "装入每月移交",
}


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
