"""A content folder with a fault in it is refused in a sentence that names file, place and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from casework.refusals import BadInput
from library.layers import Layers
from library.reading import load_content, load_understanding
from tests.offices import CONTENT_FOLDER

A_FACT = '[fact.subsidy_note]\nvalue = "补3万"\nsource = "县里"\nsince = 2020-01-01\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "content"
    shutil.copytree(CONTENT_FOLDER, copy, ignore=shutil.ignore_patterns("*.xz", "*.z"))
    return copy


def test_a_county_that_is_added_is_known(folder: Path) -> None:
    (folder / "counties" / "410422.toml").write_text(A_FACT, "utf-8")

    added = load_content(Layers(folder)).county("410422")

    assert (added.demo, added.facts["subsidy_note"].value) == (False, "补3万")


def test_a_programme_may_know_nothing_of_any_county(folder: Path) -> None:
    shutil.rmtree(folder / "counties")

    assert load_content(Layers(folder)).counties == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "texts.toml",
            'common = "subsidy.amount',
            'common = "no.such',
            "home.common 里写了 no.such",
        ),
        ("topics/apply.toml", 'see_also = ["apply.papers"]', 'see_also = ["no.such"]', "apply.how"),
    ],
)
def test_a_page_that_would_name_a_topic_there_is_not_is_refused_at_the_start(
    folder: Path, file: str, old: str, new: str, says: str
) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(BadInput, match=says):
        load_content(Layers(folder))


@pytest.mark.parametrize(
    ("role", "another", "says"),
    [
        ('role = "human"\n', "", r'role = "human" .*只能有一条,现在有 0 条'),
        ('role = "status"', 'role = "report"', r'role = "status" .*现在有 0 条'),
        (
            'role = "report"',
            'role = "human"',
            r'role = "human" .*现在有 2 条:report.how、bot.human',
        ),
        ('role = "human"', 'role = "boss"', r"reporting.toml 里的 bot.human:role 只能是 urgent、"),
        ('role = "human"', "role = 3", r"bot.human:role 只能是"),
        ('role = "human"', "role = []", r"bot.human:role 只能是"),
    ],
)
def test_what_the_programme_does_itself_is_marked_on_one_topic_each(
    folder: Path, role: str, another: str, says: str
) -> None:
    path = folder / "topics" / "reporting.toml"
    text = path.read_text("utf-8")
    assert role in text
    path.write_text(text.replace(role, another, 1), "utf-8")

    with pytest.raises(BadInput, match=says):
        load_content(Layers(folder))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (A_FACT.replace("subsidy_note", "money"), r"fact.money.*没有这一项.*subsidy_c"),
        (A_FACT.replace('"补3万"', "30000"), r"fact.subsidy_note.*带引号的话"),
        (A_FACT.replace('"补3万"', '"  "'), "带引号的话"),
        (A_FACT.replace("_note", "_c"), "一个数"),
        (A_FACT.replace("_note", "_c").replace('"补3万"', "-3"), "一个数"),
        (A_FACT.replace("_note", "_c").replace('"补3万"', "true"), "一个数"),
        (A_FACT.replace("_note", "_d").replace('"补3万"', "[]"), "各一个数"),
        (A_FACT.replace("_note", "_d").replace('"补3万"', "[1, '2']"), "各一个数"),
        (A_FACT + "entered_on = 3\n", "entered_on 要写成日期"),
        (A_FACT.replace('source = "县里"\n', ""), "要写三样"),
        (A_FACT.replace("2020-01-01", '"去年"'), "要写三样"),
        (A_FACT.replace("2020-01-01", "2020-01-01T08:00:00"), "要写三样"),
        (A_FACT + "phone = 1\n", "不认识 phone"),
        (A_FACT.replace("补3万", "补" * 101), r"太长了\(101 个字\)"),
        ("fact = 3\n", "只能写 demo"),
        ("fact.subsidy_c = 3\n", "要写三样"),
        ('demo = "是"\n', "只能写 demo"),
        ("pay = 3\n", "只能写 demo"),
        ("demo = \n", r"410422.toml 第1行"),
    ],
)
def test_a_county_file_with_a_fault_is_refused_with_its_name(
    folder: Path, text: str, says: str
) -> None:
    (folder / "counties" / "410422.toml").write_text(text, "utf-8")

    with pytest.raises(BadInput, match=f"410422.*{says}|{says}"):
        load_content(Layers(folder))


def test_a_county_file_is_named_by_its_code(folder: Path) -> None:
    (folder / "counties" / "叶县.toml").write_text(A_FACT, "utf-8")

    with pytest.raises(BadInput, match=r"叶县\.toml.*6位代码"):
        load_content(Layers(folder))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('examples = ["别的县补3万"]', "apply.how.*哪年"),
        ('steps = ["一", "二", "三"]', "apply.how.*最多写 2 步"),
        ('later = "改了"', "apply.how.*后来的规定要写全"),
    ],
)
def test_what_of_a_topic_is_not_whole_is_refused(folder: Path, line: str, says: str) -> None:
    path = folder / "topics" / "apply.toml"
    key = line.split(" =")[0]
    first, rest = path.read_text("utf-8").split('\n\n[[topic]]\nslug = "apply.papers"', 1)
    kept = first.split(f"\n{key} = ")[0]
    path.write_text(f'{kept}\n{line}\n\n[[topic]]\nslug = "apply.papers"{rest}', "utf-8")

    with pytest.raises(BadInput, match=says):
        load_content(Layers(folder))


def test_a_list_of_words_that_is_not_there_is_named(folder: Path) -> None:
    shutil.copy(CONTENT_FOLDER / "places.tsv.xz", folder)
    path = folder / "triage.toml"
    path.write_text(path.read_text("utf-8").replace("[commands]", "[others]", 1), "utf-8")

    with pytest.raises(BadInput, match=r"triage.toml 里少了 commands 这一项"):
        load_understanding(Layers(folder), load_content(Layers(folder)))
