"""Import and export: what staff keep in tables goes in whole, or not at all."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from casework.content import TopicRole
from library.layers import Layers
from library.reading import load_calendar, load_content
from tests.offices import CONTENT_FOLDER, TestOffice
from tests.runtime.conftest import House

TOPIC = ["编号", "问题", "问法", "回答", "来源", "状态", "审核日期"]
A_TOPIC = [
    "apply.wall", "院墙能报吗?", "院墙塌了能报不", "院墙不算住房,不能报。", "省里的通知", "已审定",
    "2026-11-01",
]  # fmt: skip
UNIT = ["单位编号", "单位名称", "级别", "上级单位编号", "地区代码", "举报电话"]
A_UNIT = ["housing-410421", "宝丰县住建局(演示)", "县", "housing-4104", "410421", "0375-0000000"]
DAY = ["日期", "放假还是上班", "说明"]
YEAR = [
    ["2027-01-01", "放假", "元旦"], ["2027/2/8", "放假", "春节"], ["2027年10月1日", "放假", "国庆"],
    ["2027-10-09", "上班", "调休上班"],
]  # fmt: skip
PERSON = ["姓名", "电话", "县"]


def layers_of(house: House) -> Layers:
    """The content as the house has it after the import."""
    return Layers.at(house.content, house.folder / "own-content")


def a_csv(folder: Path, *rows: list[str], encoding: str = "utf-8") -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    path = folder / "表.csv"
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def a_book(folder: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(folder / "表.xlsx")
    return folder / "表.xlsx"


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def all_of(house: House) -> dict[str, bytes]:
    """The programme's folder, and what the office wrote over it."""
    return everything(house.content) | everything(house.folder / "own-content")


def with_cell(titles: list[str], row: list[str], title: str, cell: str) -> list[str]:
    changed = [*row]
    changed[titles.index(title)] = cell
    return changed


@pytest.mark.parametrize("kind", ["topics", "offices", "calendar", "county-facts"])
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_what_was_exported_can_be_imported_again_and_changes_nothing(
    house: House, tmp_path: Path, kind: str, name: str
) -> None:
    before = all_of(house)

    out = house.types("export", kind, tmp_path / name)
    back = house.types("import", kind, tmp_path / name)

    assert (out.exit_code, back.exit_code) == (0, 0), back.output
    assert "没有要写的" in back.output
    assert all_of(house) == before
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_new_topic_is_answered_after_the_import(
    house: House, tmp_path: Path, encoding: str
) -> None:
    table = a_csv(tmp_path, TOPIC, A_TOPIC, encoding=encoding)

    result = house.types("import", "topics", table)

    assert result.exit_code == 0, result.output
    topics = load_content(layers_of(house)).topics
    assert topics["apply.wall"].answer == "院墙不算住房,不能报。"
    assert topics["apply.wall"].reviewed_on == date(2026, 11, 1)
    assert len(topics) == len(load_content(Layers(CONTENT_FOLDER)).topics) + 1
    assert topics["apply.how"] == load_content(Layers(CONTENT_FOLDER)).topics["apply.how"]


def test_a_column_that_is_not_in_the_sheet_leaves_what_is_there(
    house: House, tmp_path: Path
) -> None:
    house.types(
        "import", "topics", a_csv(tmp_path, ["编号", "回答"], ["apply.how", "先找村委会。"])
    )

    changed, before = (
        load_content(layers).topics["apply.how"]
        for layers in (layers_of(house), Layers(CONTENT_FOLDER))
    )
    assert changed.answer == "先找村委会。"
    assert (changed.variants, changed.source) == (before.variants, before.source)


def test_examples_and_steps_are_lines_of_a_cell(house: House, tmp_path: Path) -> None:
    titles = ["编号", "别处的例子", "怎么办", "要县里定的"]
    row = ["apply.how", "甲县2020年要七天\n乙县2021年要五天", "先找村委会\n再找乡镇", "notice_days"]

    result = house.types("import", "topics", a_csv(tmp_path, titles, row))

    assert result.exit_code == 0, result.output
    topic = load_content(layers_of(house)).topics["apply.how"]
    assert topic.examples == ("甲县2020年要七天", "乙县2021年要五天")
    assert (topic.steps, topic.needs) == (("先找村委会", "再找乡镇"), ("notice_days",))


def test_a_topic_is_told_what_to_do_beside_answering_by_a_word_in_its_row(
    house: House, tmp_path: Path
) -> None:
    rows = [["编号", "用处"], ["apply.how", "答完问要不要反映"], ["apply.fee", ""]]

    result = house.types("import", "topics", a_csv(tmp_path, *rows))

    assert result.exit_code == 0, result.output
    topics = load_content(layers_of(house)).topics
    assert topics["apply.how"].role is TopicRole.COMPLAINT
    assert topics["apply.fee"].role is None


def test_a_table_without_a_topic_for_those_who_want_a_person_is_not_taken(
    house: House, tmp_path: Path
) -> None:
    result = house.types("import", "topics", a_csv(tmp_path, ["编号", "用处"], ["bot.human", ""]))

    assert result.exit_code != 0
    assert 'role = "human"' in result.output
    assert load_content(layers_of(house)).topics["bot.human"].role is TopicRole.HUMAN


@pytest.mark.parametrize(
    ("title", "cell", "says"),
    [
        ("别处的例子", "甲县要七天", "有个例子没有年份"),
        ("别处的例子", "甲县2020年" + "补" * 160, "例子太长"),
        ("怎么办", "一\n二\n三", "步骤太多或太长"),
        ("怎么办", "去" * 41, "步骤太多或太长"),
    ],
)
def test_examples_and_steps_that_do_not_fit_are_refused(
    house: House, tmp_path: Path, title: str, cell: str, says: str
) -> None:
    before = all_of(house)

    result = house.types("import", "topics", a_csv(tmp_path, ["编号", title], ["apply.how", cell]))

    assert result.exit_code == 1
    assert says in result.output
    assert all_of(house) == before


def test_a_phone_that_was_imported_is_in_the_contacts(house: House, tmp_path: Path) -> None:
    table = a_csv(tmp_path, ["单位编号", "举报电话"], ["housing-410423", "0375-0000001"])

    result = house.types("import", "offices", table)

    assert result.exit_code == 0, result.output
    content, before = load_content(layers_of(house)), load_content(Layers(CONTENT_FOLDER))
    assert content.organisation["housing-410423"].report_phone == "0375-0000001"
    assert content.contacts == before.contacts
    assert len(content.organisation.units) == len(before.organisation.units)
    own = (house.folder / "own-content" / "offices.toml").read_text("utf-8")
    assert own.count("[[unit]]") == 1  # the others are the programme's, which may bring new ones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0375-0000001", "0375-0000001"),
        ("(0375)0000001", "0375-0000001"),
        ("(0375)-0000001", "0375-0000001"),
        ("+86 375 0000001", "0375-0000001"),
        ("+86-(0)375-0000001", "0375-0000001"),
        ("0086(10)00000001", "010-00000001"),
        ("+86 130 0000 0001", "13000000001"),
        ("86-13000000001", "13000000001"),
        ("\u202d0375—0000001\u202c", "0375-0000001"),
        ("12345", "12345"),
        ("400-000-0001", "400-000-0001"),
    ],
)
def test_an_office_phone_is_kept_as_a_village_dials_it(
    house: House, tmp_path: Path, typed: str, kept: str
) -> None:
    table = a_csv(tmp_path, ["单位编号", "举报电话"], ["housing-410423", typed])

    result = house.types("import", "offices", table)

    assert result.exit_code == 0, result.output
    units = load_content(layers_of(house)).organisation
    assert units["housing-410423"].report_phone == kept


def test_the_same_unit_twice_is_named_by_both_lines(house: House, tmp_path: Path) -> None:
    twice = [["housing-410423", "12345"], ["housing-410423", "12346"]]
    table = a_csv(tmp_path, ["单位编号", "举报电话"], *twice)

    assert_refused(house, "offices", table, "第3行“单位编号”", "和第2行的单位编号一样")


def test_the_same_topic_twice_is_named_by_both_lines(house: House, tmp_path: Path) -> None:
    table = a_csv(tmp_path, TOPIC, A_TOPIC, A_TOPIC)

    assert_refused(house, "topics", table, "第3行“编号”", "和第2行的编号一样")


def test_a_new_county_stands_under_its_city(house: House, tmp_path: Path) -> None:
    house.types("import", "offices", a_csv(tmp_path, UNIT, A_UNIT))

    organisation = load_content(layers_of(house)).organisation
    assert organisation.lowest_for("410421").id == "housing-410421"


def test_the_next_year_becomes_known(house: House, tmp_path: Path) -> None:
    result = house.types("import", "calendar", a_csv(tmp_path, DAY, *YEAR))

    assert result.exit_code == 0, result.output
    calendar = load_calendar(layers_of(house))
    assert calendar.is_known(date(2027, 12, 31))
    assert not calendar.is_working(date(2027, 2, 8))
    assert calendar.is_working(date(2027, 10, 9))
    assert not calendar.is_working(date(2026, 10, 1))
    kept = (house.folder / "own-content" / "calendar.csv").read_text(encoding="utf-8")
    assert "2027-05-02,law" not in kept  # the notice says all there is to say of its year
    assert "2028-05-02,law" in kept


def test_a_date_cell_of_a_workbook_is_a_date(house: House, tmp_path: Path) -> None:
    rows: list[list[object]] = [[date(2027, *map(int, md)), "放假", ""] for md in ((1, 1), (10, 1))]

    result = house.types("import", "calendar", a_book(tmp_path, [*DAY], *rows))

    assert result.exit_code == 0, result.output
    assert load_calendar(layers_of(house)).last == date(2027, 12, 31)


def test_the_old_texts_are_kept_aside_before_the_new_are_written(
    house: House, tmp_path: Path
) -> None:
    for phone in ("0375-0000001", "0375-0000002", "0375-0000003"):
        house.types("import", "offices", a_csv(tmp_path, ["单位编号", "举报电话"], ["housing-410423", phone]))  # fmt: skip

    copies = sorted((house.folder / "content-before").iterdir())
    assert len(copies) == 2
    kept = [everything(copy)["offices.toml"].decode() for copy in copies]
    assert ["0375-0000001" in kept[0], "0375-0000002" in kept[1]] == [True, True]


def test_a_rehearsal_writes_nothing(house: House, tmp_path: Path) -> None:
    before = all_of(house)

    result = house.types("import", "topics", a_csv(tmp_path, TOPIC, A_TOPIC), "--dry-run")

    assert (result.exit_code, "没有写入" in result.output) == (0, True)
    assert all_of(house) == before
    assert not house.folder.exists()


HOSTILE_TOPICS = [
    ("编号", "", "没有填"),
    ("编号", "../../etc/passwd", "编号写得不对"),
    ("编号", "Apply.Wall", "编号写得不对"),
    ("编号", "=cmd|' /C calc'!A0", "公式"),
    ("问题", "=1+1", "公式"),
    ("问题", "", "没有填"),
    ("问题", "院墙\u202e能报", "看不见"),
    ("问题", "院墙\x07", "看不见"),
    ("问法", "", "没有填"),
    ("问法", "危房改造咋申请", "apply.how"),
    ("回答", "长" * 161, "太长"),
    ("回答", "", "没有填"),
    ("来源", "", "没有填"),
    ("状态", "随便", "没有“随便”这种状态"),
    ("审核日期", "", "没有填"),
    ("审核日期", "2026-02-30", "不是日期"),
    ("审核日期", "昨天", "不是日期"),
]


@pytest.mark.parametrize(("title", "cell", "reason"), HOSTILE_TOPICS)
def test_a_topic_that_cannot_be_right_is_named_by_line_and_column(
    house: House, tmp_path: Path, title: str, cell: str, reason: str
) -> None:
    good = with_cell(TOPIC, with_cell(TOPIC, A_TOPIC, "编号", "apply.yard"), "问法", "院子能报不")
    good = with_cell(TOPIC, good, "问题", "院子能报吗?")
    table = a_csv(tmp_path, TOPIC, good, with_cell(TOPIC, A_TOPIC, title, cell))

    assert_refused(house, "topics", table, f"第3行“{title}”", reason)


HOSTILE_UNITS = [
    ("单位编号", "housing 410421", "单位编号写得不对"),
    ("单位名称", "", "没有填"),
    ("级别", "国家", "没有“国家”这一级"),
    ("级别", "省", "已经有 housing-41"),
    ("上级单位编号", "housing-9999", "没有“housing-9999”"),
    ("上级单位编号", "", "没有“”这个单位"),
    ("上级单位编号", "housing-410423", "高一级"),
    ("上级单位编号", "housing-4110", "上级不管这个地方"),
    ("地区代码", "419999", "没有 419999 这个地方"),
    ("地区代码", "410423", "housing-410423 也管这里"),
    ("地区代码", "四一", "地区代码不对"),
    ("地区代码", "4104", "6位"),
    ("举报电话", "打村长", "不是电话号码"),
    ("举报电话", "+8637500000", "不是电话号码"),
]


@pytest.mark.parametrize(("title", "cell", "reason"), HOSTILE_UNITS)
def test_a_unit_that_cannot_be_right_is_named_by_line_and_column(
    house: House, tmp_path: Path, title: str, cell: str, reason: str
) -> None:
    table = a_csv(tmp_path, UNIT, with_cell(UNIT, A_UNIT, title, cell))

    assert_refused(house, "offices", table, f"第2行“{title}”", reason)


def test_two_units_that_stand_above_each_other_are_refused(house: House, tmp_path: Path) -> None:
    table = a_csv(tmp_path, ["单位编号", "上级单位编号"], ["housing-4104", "housing-410423"])

    assert_refused(house, "offices", table, "第2行“上级单位编号”", "高一级")


def test_a_phone_that_lost_its_zero_is_refused(house: House, tmp_path: Path) -> None:
    table = a_book(tmp_path, ["单位编号", "举报电话"], ["housing-410423", 3750000000])

    assert_refused(house, "offices", table, "第2行“举报电话”", "前面的0")


@pytest.mark.parametrize(
    ("row", "said", "reason"),
    [
        (["2027-10-12", "上班", ""], "第6行“日期”", "本来就上班"),
        (["2027-01-01", "放假", ""], "第6行“日期”", "和第2行是同一天"),
        (["2027-13-01", "放假", ""], "第6行“日期”", "不是日期"),
        (["2027-12-25", "休", ""], "第6行“放假还是上班”", "没有“休”"),
        (["2029-01-01", "放假", ""], "整个文件", "2029年"),
        (["", "放假", ""], "第6行“日期”", "没有填"),
    ],
)
def test_a_day_that_cannot_be_right_is_named_by_line(
    house: House, tmp_path: Path, row: list[str], said: str, reason: str
) -> None:
    assert_refused(house, "calendar", a_csv(tmp_path, DAY, *YEAR, row), said, reason)


def test_half_a_year_is_not_taken_for_a_whole_one(house: House, tmp_path: Path) -> None:
    assert_refused(house, "calendar", a_csv(tmp_path, DAY, *YEAR[:2]), "整个文件", "10月1日")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"", "打不开"),
        ("a.xlsx", b"PK\x03\x04 broken", "打不开"),
        ("a.csv", b"\xff\xfe\x00\xd8", "文字编码"),
        ("a.csv", b"", "没有这一列"),
        ("a.csv", "编号\n".encode(), "一行也没有"),
        ("a.csv", '编号,问题\napply.x,"没有结束'.encode(), "读不下去"),
        ("a.csv", "编号,编号\na.b,a.b\n".encode(), "这一列有两个"),
        ("a.csv", "编号,密码\na.b,x\n".encode(), "不认识这个表头"),
        ("a.docx", b"x", "不认识这种文件"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_in_a_sentence(
    house: House, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)

    assert_refused(house, "topics", tmp_path / name, "", reason)


def assert_refused(house: House, kind: str, table: Path, said: str, reason: str) -> None:
    before = all_of(house)

    result = house.types("import", kind, table)

    assert result.exit_code == 1
    assert said in result.output
    assert reason in result.output
    assert all_of(house) == before


def test_the_line_of_a_fault_is_counted_as_the_editor_counts(house: House, tmp_path: Path) -> None:
    two_lines = with_cell(TOPIC, A_TOPIC, "问法", "院墙塌了能报不\n院墙歪了能报不")
    table = a_csv(tmp_path, TOPIC, two_lines, [""] * 7, with_cell(TOPIC, A_TOPIC, "编号", "错"))

    result = house.types("import", "topics", table)

    assert "第5行“编号”" in result.output


@pytest.mark.parametrize("content", [None, "content"])
def test_the_folder_of_the_programme_is_never_written(
    house: House, tmp_path: Path, content: str | None
) -> None:
    """An upgrade brings another one; what the office says lies in its data folder."""
    folder = tmp_path / content if content else CONTENT_FOLDER
    before = everything(folder)

    result = house.types(
        "import", "topics", a_csv(tmp_path, TOPIC, A_TOPIC),
        XIANGSHENG_CONTENT=str(folder) if content else None,
    )  # fmt: skip

    assert result.exit_code == 0, result.output
    assert everything(folder) == before
    assert list(everything(house.folder / "own-content")) == ["topics.toml"]


def test_a_topic_that_reads_as_the_programme_has_it_is_not_the_offices_own(
    house: House, tmp_path: Path
) -> None:
    """So that what a later version corrects in it is not hidden."""
    before = load_content(Layers(CONTENT_FOLDER)).topics["apply.how"].answer
    for said in ("先找村委会。", before):
        house.types("import", "topics", a_csv(tmp_path, ["编号", "回答"], ["apply.how", said]))

    assert (house.folder / "own-content" / "topics.toml").read_text("utf-8") == ""


def test_content_that_no_longer_fits_together_is_not_written(house: House, tmp_path: Path) -> None:
    (house.content / "deadlines.toml").write_text("[policy]\n", encoding="utf-8")
    before = all_of(house)

    result = house.types("import", "topics", a_csv(tmp_path, TOPIC, A_TOPIC))

    assert result.exit_code == 1
    assert all_of(house) == before


def test_craftsmen_come_back_as_they_went_in(house: House, tmp_path: Path) -> None:
    people = [["工匠甲", "13000000001", "鲁山县"], ["工匠乙", "13000000002", ""]]

    first = house.types("import", "craftsmen", a_csv(tmp_path, PERSON, *people))
    house.types("export", "craftsmen", tmp_path / "出.csv", "--encoding", "gb18030")
    again = house.types("import", "craftsmen", tmp_path / "出.csv")

    assert "新增 2 人" in first.output, first.output
    assert "没变 2 人" in again.output
    written = (tmp_path / "出.csv").read_bytes().decode("gb18030")
    assert sorted(row["姓名"] for row in csv.DictReader(io.StringIO(written))) == [
        "工匠乙",
        "工匠甲",
    ]


@pytest.mark.parametrize("name", ["名册.xlsx", "名册.csv"])
def test_an_empty_register_is_exported_as_a_form_to_fill_in(
    house: House, tmp_path: Path, name: str
) -> None:
    house.opened(craftsmen)

    out = house.types("export", "craftsmen", tmp_path / name)
    back = house.types("import", "craftsmen", tmp_path / name)

    assert (out.exit_code, back.exit_code) == (0, 1), out.output
    assert "里面一行也没有" in back.output


def test_a_table_too_large_to_be_one_is_not_read_into_memory(house: House, tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(8 * 2**30)

    assert_refused(house, "topics", tmp_path / "a.csv", "整个文件", "文件太大")


def test_a_county_nobody_knows_is_named_by_its_line(house: House, tmp_path: Path) -> None:
    people = [
        ["工匠甲", "13000000001", "鲁山县"],
        ["", "", ""],
        ["工匠乙", "13000000002", "火星县"],
    ]

    result = house.types("import", "craftsmen", a_csv(tmp_path, PERSON, *people))

    assert result.exit_code == 1
    assert "第4行“县”" in result.output
    assert "火星县" in result.output
    assert house.opened(craftsmen) == 0


async def craftsmen(office: TestOffice) -> int:
    async with office.reading() as reading:
        return await reading.craftsmen.count("")


def test_text_that_looks_like_a_formula_is_only_text_in_the_csv(
    house: House, tmp_path: Path
) -> None:
    path = house.content / "topics" / "apply.toml"
    said = path.read_text("utf-8").replace('question = "怎么申请?"', 'question = "=怎么申请?"')
    path.write_text(said, encoding="utf-8")

    house.types("export", "topics", tmp_path / "a.csv")
    back = house.types("import", "topics", tmp_path / "a.csv")

    assert "'=怎么申请?" in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert "没有要写的" in back.output


@pytest.mark.parametrize("command", ["import", "export"])
def test_what_is_not_taken_says_so_in_its_help(house: House, command: str) -> None:
    said = "".join(house.types(command, "--help").output.split())

    assert "资金台账和改造进度在别的系统里" in said


FIGURES = ["县代码", "C级修房,一户最多补多少元", "D级重盖,按人口补多少元", "最多盖多少平方米,按人口",
           "要交哪些材料", "依据", "从哪天起"]  # fmt: skip
SOME = ["410421", "8000", "20000 26000", "40 50 60", "申请书、户口簿", "县里的文件", "2026-01-01"]


def test_all_counties_go_out_in_one_sheet_and_come_back_filled_in(
    house: House, tmp_path: Path
) -> None:
    out = house.types("export", "county-facts", tmp_path / "各县.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "各县.xlsx").active
    assert sheet is not None
    _, *rows = sheet.iter_rows(values_only=True)
    assert "157 行" in out.output
    assert len(rows) == 157

    result = house.types("import", "county-facts", a_csv(tmp_path, FIGURES, SOME))

    assert "新的 1 行" in result.output, result.output
    county = load_content(layers_of(house)).county("410421")
    assert county.facts["subsidy_d"].value == (20000, 26000)
    assert county.facts["papers"].source == "县里的文件"
    assert set(county.unchecked) == {"subsidy_c", "subsidy_d", "area", "papers"}


def test_an_empty_cell_of_the_sheet_leaves_what_is_there(house: House, tmp_path: Path) -> None:
    house.types("import", "county-facts", a_csv(tmp_path, FIGURES, SOME))
    row = ["410421", "9000", "", "", "", "新文件", "2026-06-01"]

    house.types("import", "county-facts", a_csv(tmp_path, FIGURES, row))

    facts = load_content(layers_of(house)).county("410421").facts
    assert (facts["subsidy_c"].value, facts["subsidy_c"].source) == (9000, "新文件")
    assert (facts["papers"].source, facts["papers"].since) == ("县里的文件", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("县代码", "999999", "没有 999999 这个县"),
        ("县代码", "鲁山", "不是县的6位代码"),
        ("C级修房,一户最多补多少元", "两万六", "不是一个整数"),
        ("C级修房,一户最多补多少元", "8000或9000", "只写一个数"),
        ("最多盖多少平方米,按人口", "-40 50", "负数"),
        ("从哪天起", "2062-01-01", "2062年不像"),
        ("从哪天起", "", "没有写"),
        ("依据", "", "没有写"),
        ("要交哪些材料", "<b>申请书</b>", "里面有 <"),
        ("要交哪些材料", "申" * 100_000, "太长了"),
        ("依据", "文" * 61, "太长了"),
    ],
)
def test_a_row_of_figures_that_is_wrong_is_named_and_nothing_is_written(
    house: House, tmp_path: Path, column: str, cell: str, says: str
) -> None:
    table = a_csv(tmp_path, FIGURES, SOME, with_cell(FIGURES, ["410422", *SOME[1:]], column, cell))

    assert_refused(house, "county-facts", table, "第3行", says)


def test_what_is_known_of_the_counties_is_a_line_of_the_doctor(
    house: House, tmp_path: Path
) -> None:
    house.opened(craftsmen)

    said = house.types("doctor").output

    assert "县里的数" in said
    assert "还差 14 个" in said
