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
def accused(by_words: Understanding, today: date) -> Named:
    def of(text: str) -> tuple[Accused, ...]:
        return by_words.facts(text, today=today).accused

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


IN_LEAGUE = [
    ("县纪委的张书记跟支书是一伙的", ["discipline_cadre", "village_secretary"]),
    ("县纪委的张书记,跟支书穿一条裤子", ["discipline_cadre", "village_secretary"]),
    ("俺村支书跟县里合伙分钱", ["county_cadre", "village_secretary"]),
    ("支书跟会计一气", ["village_secretary", "village_accountant"]),
    ("支书、会计、所长都是一伙", ["township_cadre", "village_secretary", "village_accountant"]),
    ("乡里跟村里官官相护", ["township_cadre", "village_cadre"]),
    ("支书勾结乡里把指标卖了", ["township_cadre", "village_secretary"]),
    ("支书伙同会计把钱分了", ["village_secretary", "village_accountant"]),
    ("乡里和支书早就串通好了", ["township_cadre", "village_secretary"]),
    ("乡里,跟支书是一伙的", ["township_cadre", "village_secretary"]),
    ("他跟县里的张书记是一伙的", ["county_cadre"]),
    ("驻村第一书记跟支书一伙", ["first_secretary", "village_secretary"]),
    # cover
    ("乡里包庇支书", ["township_cadre", "village_secretary"]),
    ("乡里护着俺村支书", ["township_cadre", "village_secretary"]),
    ("支书敢这样,是因为县里有人给他撑腰", ["county_cadre", "village_secretary"]),
    ("支书的后台是县纪委", ["discipline_cadre", "village_secretary"]),
    ("撑腰的是乡里", ["township_cadre"]),
    ("县住建局是支书的保护伞", ["county_cadre", "village_secretary"]),
    ("县住建局有人给支书通风报信", ["county_cadre", "village_secretary"]),
    ("纪委压着不查", ["discipline_cadre"]),
    ("县里叫乡里捂着不报", ["county_cadre", "township_cadre"]),
    ("乡里睁一只眼闭一只眼", ["township_cadre"]),
    # doubt is no denial
    ("俺不知道县里是不是护着他", ["county_cadre"]),
    ("县里会不会包庇支书", ["county_cadre", "village_secretary"]),
    ("难道乡里不是包庇他", ["township_cadre"]),
    ("乡里还不是跟他一伙", ["township_cadre"]),
    ("谁都知道乡里护着支书", ["township_cadre", "village_secretary"]),
    ("不是县里包庇他,是乡里包庇他", ["township_cadre"]),
    # who finds out, or is asked to
    ("请县纪委查查支书跟乡里是不是一伙的", ["township_cadre", "village_secretary"]),
    ("纪委查出支书跟乡里是一伙的", ["township_cadre", "village_secretary"]),
]

NOT_IN_LEAGUE = [
    ("县里没包庇他", []),
    ("县里从没给他撑过腰", []),
    ("县里的人不会包庇他", []),
    ("乡里不可能跟他串通", []),
    ("县里没人给他撑腰", []),
    ("县纪委没跟支书一伙", []),
    ("俺跟支书不是一伙的", []),
    ("支书和会计没有勾结", []),
    ("请县纪委查查支书", ["village_secretary"]),
    ("请县住建局查查支书", ["village_secretary"]),
    ("县里管管支书吧", ["village_secretary"]),
    ("求县里给俺撑腰", []),
    ("望县里给老百姓撑腰", []),
    ("盼县纪委的张书记给俺做主", []),
    ("乡里一直护着俺", []),
    ("俺村支书不护着俺", ["village_secretary"]),
    ("俺跟县里合伙干过", []),
    ("村里一气之下叫俺走", ["village_cadre"]),
    ("俺在村里歇一气", []),
]

#: The office where clues go does no wrong by being told.
DISCIPLINE = [
    ("材料交给县纪委了", []), ("要不要也交给纪委", []), ("给纪委打电话说了", []), ("俺要告到县纪委去", []), ("县纪委说没事", []), ("俺举报到县纪委,不管用", []),
    ("纪委收到信了", []), ("县纪委来人查了,没给结果", []), ("县纪委不管", ["discipline_cadre"]),
    ("纪委收了他两条烟", ["discipline_cadre"]), ("市纪委监委的李主任收了钱", ["discipline_cadre"]),
]  # fmt: skip

#: A title that says of no place counts behind a surname, and with a deed.
TITLES = [
    ("张书记扣了俺三千", ["unclear"]), ("俺村张书记扣了俺三千", ["village_secretary"]),
    ("乡里的孙主任把俺抹了", ["township_cadre"]), ("村委会张主任收了钱", ["village_director"]),
    ("张书记护着支书", ["village_secretary", "unclear"]), ("李主任来看过房子", []), ("李主任住俺隔壁", []), ("由于主任不在,没办成", []),
    ("班主任叫俺交钱", []), ("张书记您好,会计扣了俺两千", ["village_accountant"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [*IN_LEAGUE, *NOT_IN_LEAGUE])
def test_who_is_in_league_or_covers_up_is_named_unless_it_is_denied(
    accused: Named, text: str, expected: list[str]
) -> None:
    for told in (text, f"{text}。", f"俺家房子漏雨。{text}", f"{text}。求恁管管"):
        assert roles(accused(told)) == expected, told


@pytest.mark.parametrize(("text", "expected"), [*DISCIPLINE, *TITLES])
def test_the_discipline_office_and_bare_titles_are_named_by_what_they_do(
    accused: Named, text: str, expected: list[str]
) -> None:
    assert roles(accused(text)) == expected


def test_a_verb_beside_a_title_is_no_surname(accused: Named) -> None:
    assert [each.name for each in accused("请县纪委查查支书")] == [""]


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
        ("鲁山县纪委压着不查", "discipline_cadre", ""),
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


@pytest.mark.parametrize(("text", "expected"), IN_LEAGUE)
def test_what_was_learned_leaves_out_nobody_who_is_in_league_or_covers_up(
    understanding: Understanding, text: str, expected: list[str]
) -> None:
    assert {*expected} <= {each.role for each in understanding.accused(text)}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("会计收了俺三百,说是县住建局王科长叫收的", "county_cadre"), ("请查查乡里的张所长", "township_cadre"),
        ("支书叫会计扣的,他自己没动手", "village_secretary"),
    ],
)  # fmt: skip
def test_whoever_ordered_it_or_is_reported_is_named(
    understanding: Understanding, text: str, role: str
) -> None:
    assert role in {each.role for each in understanding.accused(text)}


@pytest.mark.parametrize(
    "text",
    [
        "材料交给县纪委了",
        "要不要也交给纪委",
        "县纪委来人查了,没给结果",
        "支书收了俺三百,俺告到县纪委了",
    ],
)
def test_the_discipline_office_is_named_only_for_a_deed(
    understanding: Understanding, text: str
) -> None:
    assert "discipline_cadre" not in {each.role for each in understanding.accused(text)}


def test_every_role_of_the_words_has_a_seat(understanding: Understanding) -> None:
    assert set(understanding.lexicon.who.roles) <= set(SITS_AT)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        # whoever was sent to the village sits there for others
        ("俺村的第一书记忙,表都叫别人签", ["first_secretary"]),
        ("村里的驻村工作队没见过人", ["work_team"]),
        # the leader of a team that builds is no leader of villagers
        ("施工队挖得浅,队长说不管修", ["contractor", "contractor"]),
        ("建筑队走了,找他们队长也不接电话", ["contractor", "contractor"]),
        ("施工队来了,俺队长收了俺三百", ["contractor", "team_leader"]),
        ("施工队来了,生产队长收了俺三百", ["contractor", "team_leader"]),
        ("支书来了,队长也来了", ["village_secretary", "team_leader"]),
        # offices of a township, and whoever answers for them
        ("某乡村建中心负责人李某", ["township_cadre"]),
        ("镇司法所的人说不管", ["township_cadre"]),
        ("规划建设办的工作人员要烟", ["township_cadre"]),
        ("我村村务监督委员会主任", ["village_supervisor"]),
        ("这个事谁是负责人", []),
    ],
)
def test_who_somebody_is_by_what_stands_before_him(
    understanding: Understanding, text: str, roles: list[str]
) -> None:
    _, mentions = understanding.lexicon.who.mentions(text, understanding.gazetteer.name_before)

    assert [each.accused.role for each in mentions] == roles


@pytest.mark.parametrize(
    "text",
    ["尊敬的县领导:应补的钱没到账", "县长您好,占您点时间", "尊敬的住建局领导,俺想问问", "乡长你好,俺家房漏"],
)  # fmt: skip
def test_whoever_is_only_written_to_is_nobody_the_text_names(
    understanding: Understanding, text: str
) -> None:
    assert understanding.lexicon.who.mentions(text)[1] == ()
