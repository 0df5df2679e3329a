"""The action bar: which steps people take by hand, and what each asks of them."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from casework.permits import NEEDS
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
    may_name_unit: bool = False  # a unit may be chosen, and need not be
    task: str = ""  # the label of a text that is needed where it goes to a township

    @property
    def needs(self) -> tuple[str, ...]:
        """What it asks for besides words, by the names of `Particulars`."""
        return NEEDS.get(self.action, ())

    @property
    def is_form(self) -> bool:
        return bool(self.prompt or self.needs)


A = Action

TO_A_TOWNSHIP = (
    "交给乡镇的,用您自己的话写清做什么、到哪个村、哪天以前:乡镇只看得到这几句。"
    "原话、照片、日期和从哪里来的都不给它看,照抄原话交不出去。"
)

#: In the order in which they stand on the page.
STEPS: dict[Action, Step] = {
    step.action: step
    for step in (
        Step(action=A.ACCEPT, done="已受理,反映人看得到。下一步是交办。", main=True),
        Step(
            action=A.DISPATCH,
            hint="不选单位,就由收件的单位自己办。要回避的单位交不出去。" + TO_A_TOWNSHIP,
            done="已交办。等承办单位签收。",
            main=True,
            may_name_unit=True,
            task="要做什么(交给乡镇时必须写)",
        ),
        Step(action=A.SIGN, done="已签收。", main=True),
        Step(action=A.START, done="已开始办理。", main=True),
        Step(action=A.RESOLVE, done="已办结。反映人可以说没解决。", main=True),
        Step(action=A.FOLLOW_UP, done="已开始回访。反映人凭编号也能自己说。", main=True),
        Step(
            action=A.CLOSE,
            prompt="佐证",
            hint="写明看了什么证据:复验单、照片、付款凭证的编号。没有佐证不能销号。",
            done="已销号。",
            main=True,
        ),
        Step(
            action=A.SUBMIT,
            prompt="送审的答复",
            hint="用大白话写清:查到什么、怎么办、什么时候办好。通过以后一个字不改发给反映人。",
            done="已送审,等另一位同事审核。",
            main=True,
        ),
        Step(action=A.PASS, done="已审核通过,承办人可以发给反映人了。", main=True),
        Step(
            action=A.SEND_BACK,
            prompt="哪里要改",
            hint="写明要改什么,承办人看得到。",
            done="已退回修改。",
        ),
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
            hint="一次只问一件事。不要问身份证号,也不要问是谁反映的。等回答的时候停表。",
            to_reporter=True,
            done="问题已发给反映人。",
        ),
        Step(
            action=A.DECLINE,
            prompt="再说明几句",
            hint="理由和该找谁会一起告诉反映人。",
            to_reporter=True,
            done="已登记不予受理,理由和该找谁反映人看得到。",
        ),
        Step(
            action=A.RETURN,
            prompt="退单理由",
            hint="写明为什么不归本单位、依据什么、该归谁。退单不停表;第二次由督办员指定。",
            done="已退单。",
        ),
        Step(
            action=A.REASSIGN,
            prompt="改派理由;交给乡镇的,写要做什么",
            hint="原来的单位不再办,期限照走。乡镇办完了,改派给自己,再答复反映人。" + TO_A_TOWNSHIP,
            done="已改派。等新的单位签收。",
        ),
        Step(
            action=A.RECTIFY,
            prompt="要整改什么",
            hint="这就是限期整改通知书的正文,反映人看得到。",
            to_reporter=True,
            done="已下限期整改。整改完成以后由别人复验。",
        ),
        Step(
            action=A.RECTIFIED,
            prompt="整改报告和佐证",
            hint="改了什么,有什么证据:照片、检测单、付款凭证。",
            done="已报整改完成,等别人复验。",
            main=True,
        ),
        Step(
            action=A.REINSPECT_PASS,
            prompt="复验结果",
            hint="哪天去的,看了什么。合格以后才能通知入住。",
            done="复验合格。",
            main=True,
        ),
        Step(
            action=A.REINSPECT_FAIL,
            prompt="哪里不合格",
            hint="写明还差什么,重新限期整改。",
            done="复验不合格,重新整改。",
        ),
        Step(action=A.SOLVED, done="已记下:反映人说解决了。"),
        Step(action=A.UNSOLVED, done="已记下:反映人说没解决,重新办。"),
        Step(action=A.NOBODY_CAME, done="已记下:反映人说没人来过,重新办。"),
        Step(action=A.UNREACHED, done="已记下:联系不上。"),
        Step(action=A.REOPEN, done="已重办。"),
        Step(
            action=A.ASK_EXTENSION,
            prompt="申请延期的理由",
            hint="要在到期以前申请,由另一个人批。",
            done="已申请延期,等另一位同事批。",
        ),
        Step(
            action=A.EXTEND,
            prompt="告诉反映人为什么要延期",
            hint="到期以后不能再延。这几句反映人看得到。",
            to_reporter=True,
            done="已批准延期,理由反映人看得到。",
        ),
        Step(
            action=A.NO_EXTENSION,
            prompt="为什么不准",
            hint="承办人看得到。",
            done="没有批准延期。",
        ),
        Step(
            action=A.REVIEW_KEEP,
            prompt="复查意见",
            hint="原来的答复对在哪里。反映人看得到,30日以内还能申请复核。",
            to_reporter=True,
            done="复查意见已发给反映人:维持。",
        ),
        Step(
            action=A.REVIEW_REDO,
            prompt="复查意见",
            hint="原来的答复错在哪里,要怎么重办。反映人看得到。",
            to_reporter=True,
            done="复查意见已发给反映人:重新办。",
        ),
        Step(
            action=A.REEXAM_KEEP,
            prompt="复核意见",
            hint="这是最后一次。反映人看得到。",
            to_reporter=True,
            done="复核意见已发给反映人:维持。",
        ),
        Step(
            action=A.REEXAM_REDO,
            prompt="复核意见",
            hint="原来的答复错在哪里,要怎么重办。反映人看得到。",
            to_reporter=True,
            done="复核意见已发给反映人:重新办。",
        ),
        Step(
            action=A.PARK,
            prompt="挂账原因",
            hint="领导签字才算。写明到哪一天再看,到那天会自己亮灯。",
            to_reporter=True,
            done="已挂账,到日子再看。",
        ),
        Step(action=A.UNPARK, done="已恢复办理。", main=True),
        Step(
            action=A.MERGE,
            prompt="为什么是同一件事",
            hint="能看的单位完全一样才能合并。反映人各自的编号照样能用。",
            done="已合并。",
        ),
        Step(
            action=A.REFER,
            prompt="移交的理由",
            hint="移交以后市县只看得到“已移交有权机关”,打不开内容。不能收回。",
            done="已移交有权机关。",
        ),
        Step(action=A.ARCHIVE, done="已归档。"),
        Step(
            action=A.NOTE,
            prompt="内部备注",
            hint="只有能看这件的同事看得到。",
            done="备注已记下。",
        ),
        Step(
            action=A.REMIND,
            prompt="催办通知",
            hint="写明催什么、哪天以前要有结果。承办单位看得到,是乡镇的也看得到,别写原话。",
            done="已催办,记在经过里。",
        ),
        Step(
            action=A.PROBLEM_LETTER,
            prompt="函告的问题",
            hint="写明问题、要求、回函的日子。",
            done="已记下问题函告。",
        ),
        Step(
            action=A.INTERVIEW,
            prompt="约谈记要",
            hint="哪天约谈了哪个岗位、说了什么要求。",
            done="已记下约谈。",
        ),
        Step(
            action=A.CIRCULAR,
            prompt="通报内容",
            hint="只写单位和问题,不写反映人。",
            done="已记下通报。",
        ),
        Step(
            action=A.ACCOUNTABILITY,
            prompt="问责建议",
            hint="写明依据和建议,由有权机关决定。",
            done="已记下问责建议。",
        ),
        Step(action=A.MARK_CLUE, done="已标记为问题线索,下次移交带上。标上就不能取消。"),
    )
}
del A


def step_of(action: Action) -> Step:
    """The step, if it is one that people take by hand."""
    step = STEPS.get(action)
    if step is None:
        raise NotAllowed(f"“{action.label}”不是手工办的。")
    return step


def check(action: Action, text: str) -> Step:
    """The step, if people may take it and have said what it needs."""
    step = step_of(action)
    said_below = action in (Action.REPLY, Action.REASSIGN)  # they know when words are needed
    if step.prompt and not text.strip() and not said_below:
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
