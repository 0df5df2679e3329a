"""Refusals at the edge: problem details for programs, a page with the sentence for people."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from api.front import front_at
from api.security import is_for_programs, problem
from api.show import page, refusal_page
from casework.content import Texts
from casework.refusals import Locked, Refusal

#: Seconds after which to come again, where a minute is not right.
AGAIN = {"too-many-tries": "3", "too-much": "3600"}

STATUS = {
    "not-allowed": 409,
    "no-such-ticket": 404,
    "no-such-receipt": 404,
    "wrong-code": 422,
    "bad-input": 422,
    "too-many-tries": 429,
    "too-fast": 429,
    "too-much": 429,
    "intake-closed": 503,
    "away": 503,
    "not-signed-in": 401,
    "locked": 403,
    "no-post": 403,
    "unsupported": 415,
}

SENTENCES = {
    404: "没有这个页面。",
    405: "这里不能这样操作。",
    415: "只收 JSON 或者表单(multipart/form-data)。",
}

FIELDS = {
    "missing": "没有填",
    "string_too_long": "太长了",
    "string_too_short": "不能空着",
    "extra_forbidden": "不认识这一项",
    "json_invalid": "不是完整的 JSON",
    "enum": "不在可选的里面",
    "string_pattern_mismatch": "格式不对",
}


class Unsupported(Refusal):
    """The body is neither JSON nor a form."""

    code = "unsupported"

    def __init__(self) -> None:
        super().__init__(SENTENCES[415])


def answer(
    request: Request,
    status: int,
    code: str,
    sentence: str,
    told: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The refusal as whoever asked can read it; `told` as a villager does."""
    front_at(request).counters.refusals.labels(code).inc()
    if is_for_programs(request.url.path):
        body = problem(status, code, sentence)
        return Response(body, status, headers, media_type="application/problem+json")
    drawn = refusal_page(front_at(request), request.url.path, sentence=sentence, told=told)
    return HTMLResponse(drawn, status, headers)


def what_is_wrong(fault: RequestValidationError) -> str:
    """The fields that do not fit, by name. What was sent is never repeated."""
    wrong = []
    for each in fault.errors():
        field = ".".join(str(part) for part in each["loc"][1:] if isinstance(part, str))
        wrong.append(f"{field or '内容'}:{FIELDS.get(each['type'], '不合要求')}")
    return "有几项要改:" + ";".join(dict.fromkeys(wrong)) + "。"


def _texts(request: Request) -> Texts:
    return front_at(request).content.texts


async def refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Refusal)
    if isinstance(fault, Locked) and request.url.path.startswith("/desk"):
        return page(request, "desk/locked.html", status=403, sentence=fault.sentence)
    status = STATUS.get(fault.code, 422)
    headers = {"retry-after": AGAIN.get(fault.code, "60")} if status in (429, 503) else None
    if status == 401:
        headers = {"www-authenticate": "Bearer"}
    told = _texts(request).refused(fault)
    return answer(request, status, fault.code, fault.sentence, told, headers)


async def misfit(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    told = _texts(request)("page.wall.misfit")
    return answer(request, 422, "bad-input", what_is_wrong(fault), told)


async def by_status(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    sentence = SENTENCES.get(fault.status_code, "这个请求办不了。")
    code = {404: "not-found", 405: "method-not-allowed"}.get(fault.status_code, "refused")
    told = _texts(request)(f"page.wall.{code}")
    return answer(request, fault.status_code, code, sentence, told, fault.headers)


def translate_refusals(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, misfit)
    app.add_exception_handler(HTTPException, by_status)
