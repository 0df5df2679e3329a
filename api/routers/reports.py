"""Reports: filed once however often they are sent, looked up and continued by the receipt alone."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import JSONResponse, Response

from api.front import Caller, Front, TheFront, caller_at, front_at, sender
from api.problems import Unsupported
from api.routers.ask import today_of
from api.routers.strict import Out, StrictRoute
from api.uploads import SealedRoute
from casework.actions import reporting
from casework.actions.taking_back import shown
from casework.ports import Passing
from casework.receipts import read_code
from casework.refusals import BadInput
from casework.reports import (
    LONGEST,
    SHORTEST_KEY,
    Accused,
    Added,
    Attachment,
    Facts,
    Mailbox,
    Once,
    Receipt,
    Report,
    digest_of,
)
from casework.routing import ROLES
from casework.tickets import Action, Kind, Ticket


class ReportRoute(StrictRoute, SealedRoute):
    """Files are sealed as they arrive, and nothing unknown is in the address."""


router = APIRouter(prefix="/api/v1/reports", tags=["反映"], route_class=ReportRoute)

MOST_FILES = 10
FLAGS = {"to_discipline", "only_above_county"}
TRUE, FALSE = ("true", "1", "yes", "要", "on"), ("false", "0", "no", "不要", "off")


class ReportIn(BaseModel):
    """What a program hands in for a villager. Only `text` is needed."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LONGEST, description="怎么回事,村民自己的话")
    county: str = Field("", pattern=r"^(\d{6})?$", description="县代码 (GB/T 2260)")
    place: str = Field("", pattern=r"^(\d{6,12})?$", description="能说到的最细的地方代码")
    to_discipline: bool | None = Field(None, description="要不要也交给纪委;不说,拿不准就交")
    accused_role: str = Field("", max_length=40, description=f"反映的是谁:{'、'.join(ROLES)}")
    only_above_county: bool = Field(False, description="只给市里、省里看")
    when: str = Field("", max_length=100, description="什么时候的事,原话")
    kind: Kind | None = None
    category: str = Field("", max_length=60, pattern=r"^[a-z0-9_.\-]*$")


class LogPlace(Out):
    index: int
    leaf: str
    size: int
    root: str


class ReceiptOut(Out):
    receipt: str = Field(description="20位数字。只显示这一次,请让村民抄下")
    due: str
    readers: list[str] = Field(description="能打开它的单位,主办的在前")
    log: LogPlace
    missing: list[str]


class LetterOut(Out):
    at: str
    mine: bool = Field(description="反映人自己说的")
    text: str


class MailboxOut(Out):
    status: str
    state: str = Field(description="同样的意思,说给村民听的")
    filed_at: str
    due: str | None
    why: str = Field(description="日子怎么算出来的")
    messages: list[LetterOut]
    can_reopen: bool
    can_rate: bool
    can_appeal: str = Field(description="ask_review、ask_reexam,不能就是空的")
    can_withdraw: bool


class ToldOut(Out):
    status: str
    state: str


class AddedOut(ToldOut):
    left_out: list[str] = Field(description="从此看不到这件的单位")
    moved_to: str = Field(description="换到了哪个单位,没换就是空的")


class ReceiptIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    receipt: str = Field(max_length=200)


class MessageIn(ReceiptIn):
    text: str = Field(max_length=LONGEST)


class RatingIn(ReceiptIn):
    said: Literal["solved", "unsolved", "nobody_came"]


#: Longest and shortest `Idempotency-Key`; a UUID has 36 characters.
LONGEST_KEY = 200

BODY: dict[str, Any] = {
    # A token is no condition: it makes the sender's keys her own.
    "security": [{}, {"HTTPBearer": []}],
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "minLength": SHORTEST_KEY, "maxLength": LONGEST_KEY},
            "description": f"自己起的一串字,{SHORTEST_KEY}到{LONGEST_KEY}个,每件换一个(比如 UUID)。24小时里"
            "同一个发送方用同一串字再发同样的内容,还是那一件、那个编号;发别的内容是 422,不登记。"
            "带了有效令牌的,各用各的;不带令牌的,大家共用一套,所以要随机。",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": ReportIn.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    **ReportIn.model_json_schema(),
                    "properties": {
                        **ReportIn.model_json_schema()["properties"],
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    },
                }
            },
        },
    },
}


@router.post(
    "",
    status_code=201,
    summary="登记一件反映",
    openapi_extra=BODY,
    responses={201: {"model": ReceiptOut}},
)
async def file(request: Request) -> Response:
    """Register a report. The same sender, `Idempotency-Key` and content within 24 hours is the same
    report and receipt; the same key with another content is 422 (`key-used`), and nothing is filed."""
    # Asked for here: as dependencies these cost a fifth of the time that this route takes.
    front, caller, scope = front_at(request), caller_at(request), await sender(request)
    key = checked_key(request.headers.get("idempotency-key"))
    told, files = await _told(request, front, caller)
    facts = facts_of(told, front)
    once = Once(scope=scope, key=key, digest=asked_by(told, files)) if key else None
    report = report_from(told, facts, files=files, once=once)
    await front.office.gate.admit(Passing.REPORT, caller=caller)
    receipt = await front.office.intake.file(report)
    return JSONResponse(receipt_out(receipt, missing(told, facts, files)), 201)


def checked_key(sent: str | None) -> str:
    """The sender's key, '' where none was sent. Raises `BadInput` for one that is no key."""
    if sent is None:
        return ""
    if not SHORTEST_KEY <= len(sent.strip()) <= LONGEST_KEY:
        raise BadInput(
            f"Idempotency-Key 要 {SHORTEST_KEY} 到 {LONGEST_KEY} 个字,每件换一个,随机的(比如 UUID)。"
            "这一件还没有登记,换好再发一次。"
        )
    return sent.strip()


def asked_by(told: ReportIn, files: tuple[Attachment, ...]) -> bytes:
    """What is asked, as it was understood: JSON or a form, in any order of its fields."""
    return digest_of(told.model_dump(mode="json"), [each.sha256 for each in files])


async def _told(
    request: Request, front: Front, caller: str
) -> tuple[ReportIn, tuple[Attachment, ...]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return ReportIn.model_validate_json(await request.body()), ()
        if kind == "multipart/form-data":
            async with request.form(max_files=MOST_FILES, max_fields=20) as form:
                fields = {name: _field(name, each) for name, each in _words(form).items()}
                return ReportIn.model_validate(fields), await _hold(form, front, caller)
    except ValidationError as fault:
        errors = fault.errors(include_input=False, include_url=False, include_context=False)
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in errors]
        ) from None
    except MultiPartException:
        raise BadInput(f"表单没收全,或者文件多于 {MOST_FILES} 个。") from None
    raise Unsupported


def _words(form: FormData) -> dict[str, str]:
    return {name: each for name, each in form.multi_items() if isinstance(each, str)}


def _field(name: str, value: str) -> str | bool | None:
    if name == "kind":
        return value or None
    if name not in FLAGS:
        return value
    if value.lower() in TRUE:
        return True
    return False if value.lower() in FALSE else None


async def _hold(form: FormData, front: Front, caller: str) -> tuple[Attachment, ...]:
    files = [each for _, each in form.multi_items() if isinstance(each, UploadFile)]
    held = []
    async with front.office.reading() as reading:
        for each in files:
            if each.filename or each.size:  # an empty file field of a form is no file
                held.append(await reading.blobs.hold(await each.read(), caller=caller))
    return tuple(held)


def facts_of(told: ReportIn, front: Front) -> Facts:
    """What the words say. Sorting by the sender takes away the kind heard, never who was named, nor that
    somebody is pressed."""
    if told.kind is not None or told.category:
        return Facts(
            kind=told.kind,
            accused=front.understanding.accused(told.text),
            threat=front.understanding.is_threat(told.text),
        )
    return front.understanding.facts(told.text, today=today_of(front))


def report_from(
    told: ReportIn, facts: Facts, *, files: tuple[Attachment, ...] = (), once: Once | None = None
) -> Report:
    """The report as it is filed. A place read out of the text decides nothing: nobody confirmed it.
    Whoever the text names is shut out beside whom the sender names; a role that is not in the
    vocabulary would shut out nobody, so it is refused with the list."""
    if told.accused_role and told.accused_role not in ROLES:
        raise BadInput(f"没有这个称呼(accused_role)。可以写:{'、'.join(ROLES)}。")
    named = (Accused(role=told.accused_role),) if told.accused_role else ()
    accused = tuple(dict.fromkeys((*named, *facts.accused)))
    # nobody is asked whom it is about: in doubt it stays above whoever it may be
    heard = Kind.CLUE if facts.kind and facts.may_be_misconduct else facts.kind
    kind = told.kind or heard
    doubt = kind in (None, Kind.CLUE) or bool(accused)
    also = doubt if told.to_discipline is None else told.to_discipline
    return Report(
        text=told.text,
        county=told.county or told.place[:6],
        place=told.place or told.county,
        kind=kind or (Kind.CLUE if also else Kind.SERVICE),
        category=told.category or facts.category,
        to_discipline=also,
        accused=accused,
        facts=facts,
        when=told.when,
        floor="city" if told.only_above_county or facts.threat else "",
        channel="api",
        attachments=files,
        once=once,
    )


def missing(told: ReportIn, facts: Facts, files: tuple[Attachment, ...]) -> list[str]:
    """What would still help, in the order of the facts. A place that was not given is missing."""
    given = {
        "who": told.accused_role,
        "where": told.county or told.place,
        "when": told.when,
        "evidence": files,
    }
    left = [each for each in facts.missing if not given.get(each)]
    return left if given["where"] or "where" in left else ["where", *left]


def receipt_out(receipt: Receipt, lacking: list[str]) -> dict[str, object]:
    return {
        "receipt": receipt.code,
        "due": receipt.due.isoformat(),
        "readers": list(receipt.readers),
        "log": {
            "index": receipt.index,
            "leaf": receipt.leaf.hex(),
            "size": receipt.size,
            "root": receipt.root.hex(),
        },
        "missing": lacking,
    }


@router.post("/lookup", summary="凭编号查")
async def lookup(asked: ReceiptIn, front: TheFront, caller: Caller) -> MailboxOut:
    """State in plain words, next date, letters. The receipt never stands in an address."""
    key = await front.office.locks.code(read_code(asked.receipt), caller=caller)
    return mailbox_out((await shown(front.office, key)).box)


def mailbox_out(box: Mailbox) -> MailboxOut:
    return MailboxOut(
        status=box.status,
        state=box.plain,
        filed_at=box.filed_at.isoformat(),
        due=box.due.isoformat() if box.due else None,
        why=box.why,
        messages=[
            LetterOut(at=each.at.isoformat(), mine=each.mine, text=each.text)
            for each in box.letters
        ],
        can_reopen=box.can_reopen,
        can_rate=box.can_rate,
        can_appeal=box.can_appeal,
        can_withdraw=box.can_withdraw,
    )


class NewCodeOut(Out):
    receipt: str = Field(description="新的20位数字。只显示这一次;旧的不能用了")


@router.post("/code", status_code=201, summary="换一个编号")
async def change_code(asked: ReceiptIn, front: TheFront, caller: Caller) -> NewCodeOut:
    """For a reporter whose code somebody else may know. The old one opens nothing from now on."""
    key = await front.office.locks.code(read_code(asked.receipt), caller=caller)
    async with front.office.reading() as reading:
        await reading.mailboxes.number_of(key)  # a code is made for nobody who has none
    fresh = await front.office.intake.another_code()
    async with front.office.files() as files:
        await reporting.change_code(front.office, files, key, fresh)
    return NewCodeOut(receipt=fresh.code)


@router.post("/messages", status_code=201, summary="反映人补充")
async def add(message: MessageIn, front: TheFront, caller: Caller) -> AddedOut:
    """The reporter adds something, or answers a question."""
    text = reporting.written(message.text)
    about = front.understanding.accused(text)
    number = await number_of(message.receipt, front, caller)
    return added(await reporting.add(front.office, number, text, about=about))


async def number_of(receipt: str, front: Front, caller: str) -> str:
    """The ticket of a code, found before the writing door opens: deriving its key takes a while."""
    key = await front.office.locks.code(read_code(receipt), caller=caller)
    async with front.office.reading() as reading:
        return await reading.mailboxes.number_of(key)


def added(done: Added) -> AddedOut:
    """The state, and who reads neither this text nor, from now on, the report."""
    return AddedOut(
        **told(done.ticket).model_dump(), left_out=list(done.left_out), moved_to=done.moved_to
    )


def told(ticket: Ticket) -> ToldOut:
    """The state after her word, as she is told it."""
    return ToldOut(status=ticket.told.value, state=ticket.told.plain)


@router.post("/rating", status_code=201, summary="反映人评办好了没有")
async def rate(rating: RatingIn, front: TheFront, caller: Caller) -> ToldOut:
    """回访: solved, not solved, or nobody came. 解决率 is counted from this and nothing else."""
    number = await number_of(rating.receipt, front, caller)
    return told(await reporting.rate(front.office, number, Action(rating.said)))


@router.post("/appeal", status_code=201, summary="申请复查、复核")
async def appeal(message: MessageIn, front: TheFront, caller: Caller) -> AddedOut:
    """复查, and after its decision 复核: the level above looks at the answer."""
    text = reporting.written(message.text)
    about = front.understanding.accused(text)
    number = await number_of(message.receipt, front, caller)
    return added(await reporting.appeal(front.office, number, text, about=about))


@router.post("/withdrawal", status_code=201, summary="反映人撤回")
async def withdraw(asked: ReceiptIn, front: TheFront, caller: Caller) -> ToldOut:
    """The reporter takes her report back; the answer is the same whatever becomes of it."""
    number = await number_of(asked.receipt, front, caller)
    return told(await reporting.withdraw(front.office, number))
