"""The action bar: which steps people take by hand, and what each asks of them."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from casework.refusals import BadInput, NotAllowed
from casework.tickets import Action


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the bar. A `prompt` makes it a form with a text; without one it is a button."""

    action: Action
    prompt: str = ""
    hint: str = ""
    to_reporter: bool = False
    done: str = ""
    main: bool = False  # the usual next step, drawn as the main button


A = Action

#: In the order in which they stand on the page.
STEPS: dict[Action, Step] = {
    step.action: step
    for step in (
        Step(action=A.ACCEPT, done="已受理。下一步是交办。", main=True),
        Step(action=A.DISPATCH, done="已交办。等承办单位签收。", main=True),
        Step(action=A.SIGN, done="已签收。", main=True),
        Step(action=A.START, done="已开始办理。", main=True),
        Step(action=A.RESOLVE, done="已办结。反映人可以说没解决。", main=True),
        Step(action=A.CLOSE, done="已销号。", main=True),
        Step(action=A.REOPEN, done="已重办。"),
        Step(
            action=A.REPLY,
            prompt="答复内容",
            hint="用大白话写清:查到什么、怎么办、什么时候办好。不要写别人家的事。",
            to_reporter=True,
            done="答复已发给反映人。",
            main=True,
        ),
        Step(
            action=A.ASK,
            prompt="想请反映人补充什么",
            hint="一次只问一件事。不要问身份证号,也不要问是谁反映的。",
            to_reporter=True,
            done="问题已发给反映人。",
        ),
        Step(
            action=A.DECLINE,
            prompt="为什么不归这里管,该找谁",
            hint="写明该找哪个部门、打什么电话。",
            to_reporter=True,
            done="已登记不予受理,理由反映人看得到。",
        ),
        Step(
            action=A.RETURN,
            prompt="退单理由",
            hint="写明为什么不归本单位、该归谁。退单不停表。",
            done="已退单。",
        ),
        Step(
            action=A.EXTEND,
            prompt="延期理由",
            hint="要在到期以前申请,理由反映人看得到。以后还要另一个人批准。",
            to_reporter=True,
            done="已延期,理由反映人看得到。",
        ),
        Step(
            action=A.NOTE,
            prompt="内部备注",
            hint="只有能看这件的同事看得到。",
            done="备注已记下。",
        ),
        Step(action=A.MARK_CLUE, done="已标记为问题线索,下次移交带上。标上就不能取消。"),
    )
}
del A


def check(action: Action, text: str) -> Step:
    """The step, if people may take it and have said what it needs."""
    step = STEPS.get(action)
    if step is None:
        raise NotAllowed(f"“{action.label}”不是手工办的。")
    if step.prompt and not text.strip():
        raise BadInput(f"请先写{step.prompt}。")
    return step


#: What a browser may show by itself; everything else is saved as a file.
SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")


def attachment_response(media_type: str, content: bytes, name: str) -> Response:
    """A file from outside: shown only when it is a picture or sound, and never as a page of ours."""
    shown = media_type.startswith(SHOWN)
    safe = "".join(char for char in name if char.isascii() and char.isalnum())[:40]
    return Response(
        content,
        media_type=media_type if shown else "application/octet-stream",
        headers={
            "content-disposition": f'{"inline" if shown else "attachment"}; filename="{safe}"',
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )
