"""Who is named as doing it: everybody who acts, with his office; nobody who is only spoken to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from casework.reports import Accused
from casework.routing import SITS_AT
from nlp.understanding import Understanding

Named = Callable[[str], tuple[Accused, ...]]


@pytest.fixture
def accused(understanding: Understanding, today: date) -> Named:
    def of(text: str) -> tuple[Accused, ...]:
        return understanding.facts(text, today=today).accused

    return of


def roles(named: tuple[Accused, ...]) -> list[str]:
    return [each.role for each in named]


BY_TITLE_AND_OFFICE = [
    ("村支书收钱", ["village_secretary"]),
    ("第一书记不管事", ["first_secretary"]),
    ("驻村工作队的人要钱", ["work_team"]),
    ("乡村建所副所长吃拿", ["township_cadre"]),
    ("镇长叫俺交钱", ["township_head"]),
    ("镇党委书记批的", ["township_head"]),
    ("包工头跑了", ["contractor"]),
    ("纪委的人跟他一块喝酒", ["discipline_cadre"]),
    ("组长收了俺200", ["team_leader"]),
    ("村监委会主任知道", ["village_supervisor"]),
    ("大队会计把俺的折子拿走了", ["village_accountant"]),
    ("市住建局的科长要了两条烟", ["city_cadre"]),
    ("省住建厅来的处长叫安排吃饭", ["province_cadre"]),
    ("县残联的人要好处费", ["county_cadre"]),
    ("乡民政所压着俺的材料不报", ["township_cadre"]),
    ("市局下来的科长叫俺借钱给他", ["city_cadre"]),
    ("省厅检查组的组长吃了施工方一顿", ["province_cadre", "contractor"]),
    ("县财政局来包村的那个副局长要烟", ["county_head"]),
    ("乡里管低保的李主任不给俺报", ["township_cadre"]),
]

EVERYBODY_WHO_ACTS = [
    # who ordered it is named later than who took it
    ("村支书收了俺300,说是县住建局王科长叫收的", ["county_cadre", "village_secretary"]),
    ("乡里说县里没拨,县里说乡里没报", ["county_cadre", "township_cadre"]),
    ("村会计把俺的卡叫支书拿走了", ["village_accountant", "village_secretary"]),
    ("包工头说钱让镇长扣下了", ["township_head", "contractor"]),
    # the receiver of money
    ("钱塞给包村干部了", ["township_cadre"]),
    ("给乡里所长送了两条烟", ["township_cadre"]),
    # what the report is against
    ("我要举报村会计", ["village_accountant"]),
    ("请县领导查查村支书", ["village_secretary"]),
]

NOT_ACCUSED = [
    ("尊敬的县长您好,村会计扣了俺两千", ["village_accountant"]),
    ("县长同志:俺村组长收了俺200", ["team_leader"]),
    ("局长你好,支书不给俺报", ["village_secretary"]),
    ("各位县领导,施工队糊弄人", ["contractor"]),
    ("房子漏雨,请县里来看看", []),
    ("盼着镇长给俺做主", []),
    ("俺去找支书报名", []),
    ("俺到乡里问过", []),
    ("感谢村支书帮俺,就是施工队糊弄人", ["contractor"]),
    ("这事跟村支书没关系,是会计扣的", ["village_accountant"]),
    ("俺叔是支书,会计不给俺报", ["village_accountant"]),
    ("我是村会计,施工队跑了", ["contractor"]),
    ("俺村里人都知道", []),
    ("名单贴在村委会门口", []),
    ("村里乡里都怪好,就是施工队糊弄人", ["contractor"]),
    ("俺自己干过木匠,施工队糊弄不了俺", ["contractor"]),
]


@pytest.mark.parametrize(("text", "expected"), BY_TITLE_AND_OFFICE)
def test_the_title_and_the_office_say_where_he_sits(
    accused: Named, text: str, expected: list[str]
) -> None:
    assert roles(accused(text)) == expected


@pytest.mark.parametrize(("text", "expected"), EVERYBODY_WHO_ACTS)
def test_everybody_who_acts_is_named_the_strictest_first(
    accused: Named, text: str, expected: list[str]
) -> None:
    assert roles(accused(text)) == expected


@pytest.mark.parametrize(("text", "expected"), NOT_ACCUSED)
def test_who_is_written_to_asked_for_help_or_her_own_is_not_accused(
    accused: Named, text: str, expected: list[str]
) -> None:
    assert roles(accused(text)) == expected


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("俺找支书他不管", "village_secretary"),
        ("俺去乡里问,乡里的人骂俺", "township_cadre"),
        ("向县住建局反映,他们不理", "county_cadre"),
    ],
)
def test_who_was_asked_and_did_wrong_is_accused(accused: Named, text: str, role: str) -> None:
    assert role in roles(accused(text))


@pytest.mark.parametrize(
    ("text", "role", "unit"),
    [
        ("平顶山市住建局要俺交钱", "city_cadre", "housing-4104"),
        ("叶县住建局李局长叫俺送了两条烟", "county_head", "housing-410422"),
        ("鲁山县住建局的王科长收了钱", "county_cadre", "housing-410423"),
        ("漯河市财政局卡着不拨", "city_cadre", ""),
    ],
)
def test_an_office_of_the_tree_is_known_by_its_place(
    accused: Named, text: str, role: str, unit: str
) -> None:
    [named] = accused(text)

    assert (named.role, named.unit) == (role, unit)


def test_a_name_beside_the_title_is_kept(accused: Named) -> None:
    assert accused("村支书刘某某收钱")[0].name == "刘某某"
    assert accused("县里的王科长叫交的")[0].name == "王"


def test_nobody_named_is_nobody(accused: Named) -> None:
    assert accused("有人收俺的钱") == ()
    assert accused("") == ()


def test_every_role_of_the_words_has_a_seat(understanding: Understanding) -> None:
    assert set(understanding.lexicon.who.roles) <= set(SITS_AT)
