"""Who asks and tells of a wrong, a threat or a danger in one breath is answered, and asked about it."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.understanding import Understanding

WANTED = {"report": "report", "threat": "retaliation", "danger": "urgent"}
#: A question of policy and what happened; by somebody who tried the page, and none of it is learned from.
TOLD = [
    ("report", "鲁山县D级重盖能补多少,俺的存折叫村会计拿走俩月了"),
    ("report", "C级修房一户补多少钱,会计叫俺签了两万实际给一万二"),
    ("report", "低保户补多少,队长说得给他分三千"),
    ("report", "补助款啥时候能到账,村会计扣着俺的卡说等他有空"),
    ("report", "俺家三口人能补多少钱,俺报了名村长非叫先给他塞两条烟才给盖章"),
    ("report", "危改能不能自己请匠人,书记不叫,非让用他亲家的队"),
    ("report", "啥样的人家能享受危改,俺村书记他小舅子有楼房都报上了"),
    ("threat", "申请不上咋办?俺找了乡里,村长说再找就把俺的地收了"),
    ("danger", "怎么申请危房改造?俺妈说夜里屋里有动静,像木头劈开的声音"),
    ("danger", "办危房要带啥材料?俺家窑口上的砖昨晚掉了俩"),
]
ONLY_ASKED = (
    "补多少钱,啥时候给", "俺八十了,能盖多大", "房子是俺爹的名,俺能申请不", "验收谁来验,要带啥",
    "俺家四口人,三间瓦房,能补多少", "户口在外县,人住这儿,能办吗",
)  # fmt: skip


def test_what_is_told_beside_a_question_is_heard(understanding: Understanding, today: date) -> None:
    missed = []
    for kind, text in TOLD:
        answer = understanding.ask(text, today=today)
        if WANTED[kind] not in (answer.kind, *answer.also):
            missed.append(text)

    assert len(missed) <= 1, missed


@pytest.mark.parametrize("text", ONLY_ASKED)
def test_who_tells_only_of_her_house_is_asked_nothing(
    understanding: Understanding, today: date, text: str
) -> None:
    assert understanding.ask(text, today=today).also == ()
