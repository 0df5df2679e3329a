"""Whom a report is about, over lines as very different villagers write them: all of them, nobody else.

Nothing was learned from these lines. Some are not understood; the shares are floors, so that nothing gets
worse. Where nobody marked who did it, the words alone tell.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from library.layers import Layers
from library.listening import lessons
from nlp.sounds import Homophones
from nlp.understanding import Understanding
from tests.long_texts import MOST_CPU, cpu
from tests.nlp.test_listener import alike, pairs_of
from tests.offices import CONTENT, CONTENT_FOLDER, ROOT, UNDERSTANDING

LAYERS = Layers(CONTENT_FOLDER)

TABLE = [
    line.split("\t")
    for line in Path(__file__).with_name("whom.tsv").read_text("utf-8").splitlines()
]
RIGHT, ALL_FOUND, NOBODY_ELSE, NOBODY = 0.85, 0.93, 0.90, 0.80


def wanted(roles: str) -> set[str]:
    return set(roles.split(",")) - {"-"}


def test_everybody_who_does_wrong_is_named_and_nobody_else(
    understanding: Understanding, today: date
) -> None:
    named = {
        text: {each.role for each in understanding.facts(text, today=today).accused}
        for _, text in TABLE
    }

    misses = [
        f"{roles} {named[text]} {text}" for roles, text in TABLE if wanted(roles) != named[text]
    ]
    found = [wanted(roles) <= named[text] for roles, text in TABLE]
    nobody_else = [named[text] <= wanted(roles) for roles, text in TABLE]
    innocent = [not named[text] for roles, text in TABLE if roles == "-"]
    shares = [
        1 - len(misses) / len(TABLE),
        *(sum(each) / len(each) for each in (found, nobody_else, innocent)),
    ]
    floors = (RIGHT, ALL_FOUND, NOBODY_ELSE, NOBODY)
    assert all(share >= floor for share, floor in zip(shares, floors, strict=True)), (
        f"{shares}\n" + "\n".join(misses)
    )


def test_the_table_is_of_many_kinds() -> None:
    roles = {role for each, _ in TABLE for role in wanted(each)}
    nobody = [text for each, text in TABLE if each == "-"]

    assert len(TABLE) >= 240
    assert len({text for _, text in TABLE}) == len(TABLE)
    assert len(roles) >= 17
    assert len(nobody) >= len(TABLE) / 3


#: The same words, and one that changes who did it.
PAIRS = [
    # what is said is the wrong, or it is none
    ("乡里说还得等通知", [], "乡里说不交钱就别想", ["township_cadre"]),
    ("俺找支书问过", [], "俺找支书他躲着不见", ["village_secretary"]),
    ("会计叫俺等等", [], "会计叫俺请客", ["village_accountant"]),
    ("主任说要填表", [], "主任老说要填表", ["village_director"]),
    # praise, and what is done all the same
    ("会计人好,跑前跑后", [], "会计人好,就是扣了俺两千", ["village_accountant"]),
    # a title of no place follows the office named before
    ("主任扣了俺两千", ["village_director"], "俺去镇上,主任扣了俺两千", ["township_cadre"]),
    ("俺儿在县里上班,主任扣了俺两千", ["village_director"], "俺去县里找,主任扣了俺两千", ["county_cadre"]),
    ("办事员收了俺两百", [], "县住建局的办事员收了俺两百", ["county_cadre"]),
    # an office is a place too, and so is a home
    ("名单贴在镇政府", [], "镇政府扣着不发", ["township_cadre"]),
    ("村里老人收了麦", [], "村里收了俺三百", ["village_cadre"]),
    ("组长家在村东头,墙叫砸了,真急人", [], "组长把俺的墙砸了,真急人,俺要告他", ["team_leader"]),
    # of two who are named together the second shares in it; beside herself he does not
    ("支书跟会计把俺的名字勾了,俺要告", ["village_secretary", "village_accountant"], "支书把俺的名字勾了,俺要告", ["village_secretary"]),
    ("俺兄弟和泥瓦匠一块垒的墙,村里没人管", ["village_cadre"], "泥瓦匠垒的墙裂了,村里没人管", ["village_cadre", "craftsman"]),
    # what is said of another is not his, and the next sentence is where it is about him still
    ("镇上的人说支书扣了俺的钱", ["village_secretary"], "镇上的人扣了俺的钱", ["township_cadre"]),
    ("找过村长。房子裂了", [], "找过村长。他收了俺两条烟", ["village_director"]),
    ("盖房的时候,会计扣了俺两千", ["village_accountant"], "盖房的跑了,会计扣了俺两千", ["village_accountant", "contractor"]),
    ("找支书问补助", [], "找支书问补助他总说快了", ["village_secretary"]),
    ("会计扣了俺两千,主任说要填表", ["village_accountant"], "会计扣了俺两千,主任说要填表,可他小舅子没填", ["village_accountant", "village_director"]),
    ("俺当了二十年队长,会计扣俺的钱", ["village_accountant"], "队长扣俺的钱", ["team_leader"]),
    ("俺没意见,支书给俺登记了", [], "支书把俺划了,俺不服", ["village_secretary"]),
    ("会计说是乡里叫收的", ["township_cadre", "village_accountant"], "会计说乡里还没定", []),
    # from whom it is taken
    ("科长向施工队索要烟酒", ["county_cadre"], "施工队索要烟酒", ["contractor"]),
    # by its sound, where nothing else can be meant
    ("找主人拿钥匙", [], "找住任他不管", ["village_director"]),
    ("房子没法住人他也收了", [], "村住任收了俺三百", ["village_director"]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "of_one", "other", "of_other"), PAIRS)
def test_a_word_changes_who_did_it(
    by_words: Understanding, one: str, of_one: list[str], other: str, of_other: list[str]
) -> None:
    assert [each.role for each in by_words.accused(one)] == of_one
    assert [each.role for each in by_words.accused(other)] == of_other


def test_what_was_learned_tells_them_apart_as_well_where_the_wrong_is_said(
    understanding: Understanding,
) -> None:
    said = [text_and_roles for one in PAIRS for text_and_roles in (one[:2], one[2:])]
    wrong = [(text, roles) for text, roles in said if roles]

    found = [set(roles) <= {e.role for e in understanding.accused(text)} for text, roles in wrong]

    assert sum(found) >= 0.9 * len(wrong), [
        text for (text, _), f in zip(wrong, found, strict=True) if not f
    ]


#: By whose side nobody did anything.
NOBODY_AT_ALL = (
    "县长您好,俺想问问危改啥时候报", "尊敬的住建局领导,请问补多少", "俺爹当过会计,他的房子能报不",
    "儿子在信阳市里买了房,俺还能申请不", "俺就是木匠,自己盖中不中",
)  # fmt: skip


@pytest.mark.parametrize("text", NOBODY_AT_ALL)
def test_who_is_only_written_to_and_who_is_hers_is_not_named(
    understanding: Understanding, text: str
) -> None:
    assert understanding.accused(text) == ()


@pytest.mark.parametrize(
    ("answer", "roles"),
    [
        ("不是支书,是会计", ["village_accountant"]), ("不怨村长,是包工头干的", ["contractor"]), ("不是支书", []),
        ("不是支书还能是谁", ["village_secretary"]), ("支书跟会计", ["village_secretary", "village_accountant"]),
        ("还有王科长", ["county_cadre"]), ("不是队长也不是会计,就是支书他自己", ["village_secretary"]),
    ],
)  # fmt: skip
def test_an_answer_to_who_it_was_names_whom_she_means(answer: str, roles: list[str]) -> None:
    assert [each.role for each in UNDERSTANDING.answered_whom(answer)] == roles


def test_nothing_is_learned_from_the_table_nor_from_the_stories() -> None:
    stories = (ROOT / "tests/fixtures/whom-stories.jsonl").read_text("utf-8").splitlines()
    measured = [text for _, text in TABLE] + [json.loads(each)["story"] for each in stories]
    whom = lessons(LAYERS, CONTENT, LAYERS.theirs("triage.toml"))["whom"].written()
    taught = [pairs_of(line.text) for line in whom]

    assert len(taught) >= 1500
    assert [t for t in measured if any(alike(pairs_of(t), each) for each in taught)] == []


def test_without_words_for_sounds_a_text_stays_as_it_is() -> None:
    assert Homophones({}).written("俺找只书他不管") == "俺找只书他不管"


@pytest.mark.parametrize(
    "part", ["找支书", "主任说", "支书、", "镇上的", "叫俺", "俺家", "他老丈人", "村只书"]
)
def test_who_it_is_about_is_found_in_the_same_time_however_often_it_is_said(
    understanding: Understanding, part: str
) -> None:
    assert cpu(lambda: understanding.lexicon.who.named(part * 1000)) <= MOST_CPU * 10
    assert cpu(lambda: understanding.accused(part * 1000)) <= MOST_CPU * 10
