"""What people reported of neighbouring software, held here row by row for its whole kind.

The ids are those of the table of public reports we tried (T and G rows are a platform's, W WeChat's, M, B and
E the talk's, F and S files', O what goes out). A row is held by the tests it names, here or elsewhere: a test
that is renamed turns this page red.
"""

from __future__ import annotations

import ast
import io
import struct
import zipfile
from pathlib import Path

import pytest

from bot.channels.wording import pieces
from bot.talk import button
from casework.refusals import BadInput
from storage.kinds import ACCEPTED, media_type_of
from tests import sent_files
from tests.bot.conftest import Villager
from tests.bot.test_nothing_is_dropped import opened, to_the_end
from tests.bot.test_plain_words import (
    ABOUT,
    CLOSE,
    OFFICE,
    PHOTOS,
    SEND,
    Anew,
    anew,  # noqa: F401  # a fixture
    without,
)
from tests.offices import CONTENT, TestOffice

TESTS = Path(__file__).parents[1]
TEXTS = CONTENT.texts

HELD = {
    "T1": (
        "test_an_old_message_forwarded_from_a_nameless_sender_is_answered_like_any_other",
        "test_after_each_of_500_strange_updates_the_next_person_is_answered",
    ),
    "T3": ("test_a_file_that_does_not_come_is_told_and_the_words_beside_it_count",),
    "W1": (
        "test_what_xml_cannot_carry_is_left_out_and_the_message_is_taken",
        "test_broken_utf_8_costs_the_broken_characters_alone",
        "test_a_phones_control_characters_cost_her_nothing_of_the_story",
    ),
    "W3": ("test_markup_typed_or_pasted_is_her_text",),
    "W4": ("test_kinds_and_events_we_do_not_read_are_acknowledged_and_end_no_talk",),
    "W5": (
        "test_the_platforms_own_words_are_no_words_of_hers",
        "test_what_stands_for_something_the_phone_does_not_pass_on_is_no_story",
        "test_a_sign_a_number_or_a_yes_is_no_story",
    ),
    "G1": ("test_in_a_group_one_sentence_is_said_and_nothing_is_taken",),
    "G3": (
        "test_commands_are_understood_as_menus_groups_and_people_write_them",
        "test_a_command_before_the_words_beside_a_photo_is_no_part_of_them",
    ),
    "M1": (
        "test_nine_photos_are_one_message_and_one_answer",
        "test_an_album_is_one_report_wherever_its_words_stand_and_whatever_is_in_it",
        "test_an_album_whose_photos_come_late_is_whole_in_the_report",
    ),
    "M3": (
        "test_her_first_words_are_in_the_story_however_short",
        "test_words_said_before_anything_was_asked_are_in_the_report",
    ),
    "B1": (
        "test_a_button_of_another_question_answers_nothing",
        "test_the_second_press_of_a_double_tap_answers_no_question",
        "test_a_button_that_says_its_number_names_its_question",
    ),
    "B3": (
        "test_in_danger_a_yes_in_plain_words_files_at_once",
        "test_the_read_back_is_agreed_to_in_plain_words",
        "test_yes_and_no_are_understood_however_they_are_written",
    ),
    "E1": (
        "test_an_edited_message_changes_what_is_open",
        "test_an_edit_into_a_threat_is_filed_at_once",
        "test_a_photo_put_in_the_place_of_another_is_said_not_to_have_come",
    ),
    "E2": (
        "test_whoever_puts_the_bot_into_a_group_is_told_the_same",
        "test_updates_that_ask_nothing_of_us_are_ignored_and_the_next_is_answered",
    ),
    "F1": (
        "test_what_is_promised_is_taken",
        "test_what_word_and_its_like_write_is_a_document",
        "test_what_is_not_taken_is_told_another_way_to_send",
    ),
    "F3": ("test_a_recording_is_a_voice_whatever_made_it",),
    "F4": ("test_a_photo_is_one_whatever_box_it_comes_in",),
    "F5": ("test_a_word_document_is_one_in_any_order_of_its_parts",),
    "F7": ("test_every_kind_of_file_is_held_as_evidence", "test_a_venue_answers_where"),
    "F8": (
        "test_one_bad_file_keeps_the_good_ones_and_is_named_by_its_number",
        "test_more_photos_than_are_taken_cost_neither_the_story_nor_the_first_nine",
        "test_a_page_that_did_not_come_whole_is_told_so",
        "test_an_album_is_one_report_wherever_its_words_stand_and_whatever_is_in_it",
    ),
    "F9": ("test_a_file_is_taken_whatever_its_name",),
    "S1": ("test_a_file_is_taken_whatever_its_name", "test_the_receipt_tells_the_next_step"),
    "O1": (
        "test_a_long_text_goes_in_pieces_that_fit_with_its_buttons_under_the_last",
        "test_no_piece_of_a_long_text_is_empty_or_too_long_and_none_is_lost",
    ),
}
#: In the table's order.
ROWS = [
    *("T1", "T3", "W1", "W3", "W4", "W5", "G1", "G3", "M1", "M3", "B1", "B3", "E1", "E2"),
    *("F1", "F3", "F4", "F5", "F7", "F8", "F9", "S1", "O1"),
]


def names_of_all_tests() -> dict[str, str]:
    """Each test's name, and its docstring."""
    found = {}
    for path in TESTS.rglob("test_*.py"):
        for each in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                found[each.name] = ast.get_docstring(each) or ""
    return found


def test_every_row_is_held_by_tests_that_are_there() -> None:
    tests = names_of_all_tests()

    assert list(HELD) == ROWS
    assert [name for names in HELD.values() for name in names if name not in tests] == []


# The talk


@pytest.mark.parametrize(
    "first",
    ["支书扣了俺3000块", "他拿了俺五千", "名单没俺", "队长要好处", "大队书记黑俺2万", "去年的钱没到", "3000块没了", "乡里不给俺钱"],
)  # fmt: skip
@pytest.mark.parametrize("before", [(), ("反映",)], ids=len)
async def test_words_said_before_anything_was_asked_are_in_the_report(
    villager: Villager, small_office: TestOffice, first: str, before: tuple[str, ...]
) -> None:
    """M3: what she said first is in the report, whatever way it took until she was asked."""
    for words in before:
        await villager.says(words)
    answer = await villager.says(first)
    for _ in range(3):
        for offered in ("ask.way.report", "ask.also.report", "ask.register_yes"):
            if TEXTS(offered) in answer:
                answer = await villager.says(TEXTS(offered))
        if TEXTS("report.what") in answer:
            answer = await villager.says("鲁山县赵村镇")

    await to_the_end(villager, answer)

    assert first in await opened(small_office, villager)


async def test_the_second_press_of_a_double_tap_answers_no_question(villager: Villager) -> None:
    """B1: each button of a whole report pressed twice, and whatever it is the next question stays."""
    await villager.says("支书叫俺每户交钱,说是手续费")
    asked = []
    while villager.heard[-1].options[0][0] != "send":
        question = villager.heard[-1]
        data = button(question.asked, question.options[0][0])
        await villager.says(data, kind="choice")
        once = villager.heard[-1]
        again = await villager.says(data, kind="choice")
        asked.append(question.asked)

        assert TEXTS("talk.old_button") in again
        assert (villager.heard[-1].asked, villager.heard[-1].options) == (once.asked, once.options)
    assert [each.partition(" ")[0] for each in asked] == [
        "place", "when", "about", "office", "close", "photos",
    ]  # fmt: skip
    assert "时间:这个月" in "".join(each.text for each in villager.heard)


YES = "一 1️⃣ 第一个 选1 要的 中 行 是 嗯 ① 1、 (1) １ ❶ 壹 Ⅰ 回复1 数字1 选项1 首个 头一个 前一个 上面那个 y YES 🆗 中中中"
NO = "不 不用 不中 不要了 二 2️⃣ 第二个 选2 贰 Ⅱ ❷ 回复2 选项2 后一个 下面那个 最后一个 拉倒 罢了 算了吧 n No 不不 甭"


async def test_yes_and_no_are_understood_however_they_are_written(anew: Anew) -> None:  # noqa: F811
    """B3: at 要不要也交给纪委, a number in any script, its place, or a yes or no of Henan."""
    yes = await anew.hears(OFFICE, YES.replace(" ", "|"))
    no = await anew.hears(OFFICE, NO.replace(" ", "|"))

    asked = TEXTS("report.also_discipline").split("{")[0][:6]
    assert [each for each, said in (yes | no).items() if asked in said] == []
    assert without("走得近", yes | no) == {}


@pytest.mark.parametrize("before", [ABOUT, CLOSE, PHOTOS, SEND], ids=len)
async def test_a_number_in_any_script_is_the_first_option(
    anew: Anew,  # noqa: F811
    before: tuple[str, ...],
) -> None:
    """B3: the same at every question with options."""
    heard = await anew.hears(before, "1|壹|Ⅰ|㊀|⑴|回复1|数字1|选项1|首个|1️⃣")

    assert len({said.replace("\n", "")[-30:] for said in heard.values()}) == 1


@pytest.mark.parametrize(
    "words",
    ["😭", "😭😭😭", "。。。", "???", "[捂脸]", "[流泪][流泪]", "2", "第二个", "嗯", "好", "👍"],
)
async def test_a_sign_a_number_or_a_yes_is_no_story(
    villager: Villager, small_office: TestOffice, words: str
) -> None:
    """W5: what carries no words is asked for again, on every channel; the words after it are the story."""
    await villager.says("反映")

    again = await villager.says(words)

    assert TEXTS("report.what") in again
    assert TEXTS("report.no_story") in again
    await to_the_end(villager, await villager.says("会计贪污"))
    assert await opened(small_office, villager) == "会计贪污"


# Edits


async def test_an_edit_into_a_threat_is_filed_at_once(
    villager: Villager, small_office: TestOffice
) -> None:
    """E1: the new words count as if she had said them now, a threat against her too."""
    await villager.says("支书收了俺300块手续费", number="11")
    await villager.says("鲁山县", number="12")

    answer = await villager.says("支书知道是俺举报的,放话要打断俺的腿", kind="edit", number="11")

    assert "登记好了" in answer
    assert "支书知道是俺举报的,放话要打断俺的腿" in await opened(small_office, villager)


async def test_an_edit_into_danger_comes_first(villager: Villager) -> None:
    """E1: whatever she changed it to, who is in danger is told to leave first."""
    await villager.says("支书收了俺300块手续费", number="11")

    answer = await villager.says("俺家房子快塌了,俺娘还在里头", kind="edit", number="11")

    assert answer.startswith(TEXTS("danger.first"))


# Files


async def held(office: TestOffice, content: bytes) -> str:
    async with office.files() as files:
        return (await files.blobs.hold(content)).kind


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    sent_files.scene((64, 48)).save(out, kind)
    return out.getvalue()


def boxed(brand: str, *others: str) -> bytes:
    """The beginning of an ISO file of this brand."""
    brands = b"".join(each.encode().ljust(4) for each in others)
    head = b"ftyp" + brand.encode().ljust(4) + bytes(4) + brands
    return struct.pack(">I", 4 + len(head)) + head + bytes(64)


PHOTOS_OF = {
    **{kind: kind for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "MPO")},
    **{f"{brand} box": brand for brand in ("heic", "heix", "hevc", "hevx", "mif1", "msf1", "avis")},
}


@pytest.mark.parametrize("name", PHOTOS_OF)
async def test_a_photo_is_one_whatever_box_it_comes_in(small_office: TestOffice, name: str) -> None:
    """F4: of every make of phone, bursts and live photos too."""
    kind = PHOTOS_OF[name]
    content = boxed(kind, "mif1", "heic") if name.endswith("box") else picture(kind)

    assert await held(small_office, content) == "photo"


async def test_a_photo_of_a_brand_that_nobody_knows_is_known_by_the_others(
    small_office: TestOffice,
) -> None:
    """F4: a maker's own brand stands first, what it is stands after it."""
    assert await held(small_office, boxed("MiHE", "mif1", "heic")) == "photo"
    assert await held(small_office, boxed("hvc1", "isom")) == "video"
    with pytest.raises(BadInput):
        await held(small_office, boxed("none", "what"))


SOUNDS = {
    "mp3": (), "ogg": (), "wav": (), "amr": ("-ar", "8000"), "m4a": (), "flac": (), "aac": (),
    "opus": (), "wma": (), "aiff": (), "caf": (), "mp2": (),
}  # fmt: skip


@pytest.mark.parametrize("ending", SOUNDS)
async def test_a_recording_is_a_voice_whatever_made_it(
    small_office: TestOffice, ending: str
) -> None:
    """F3: phones, recorders and computers."""
    assert await held(small_office, sent_files.recording(ending, 1, *SOUNDS[ending])) == "voice"


@pytest.mark.parametrize(
    "ending", ["mp4", "mov", "m4v", "avi", "mkv", "wmv", "ts", "mts", "ogv", "vob", "webm"]
)
async def test_a_film_is_a_video_whatever_made_it(small_office: TestOffice, ending: str) -> None:
    """F1: 录像可以 is said, so every camera's film is taken."""
    assert await held(small_office, sent_files.film(ending)) == "video"


TYPES, LINKS, WORD = "[Content_Types].xml", "_rels/.rels", "word/document.xml"
APP, CORE, PHOTO = "docProps/app.xml", "docProps/core.xml", "word/media/image1.jpeg"
ORDERS = {
    "Word": (TYPES, LINKS, WORD, APP, CORE), "LibreOffice": (LINKS, APP, CORE, WORD, TYPES),
    "WPS": (APP, CORE, WORD, TYPES, LINKS), "Google": ("word/numbering.xml", WORD, TYPES, LINKS),
    "a picture first": (PHOTO, WORD, TYPES), "a picture third": (LINKS, APP, PHOTO, WORD, TYPES),
    "a thumbnail third": (TYPES, LINKS, "docProps/thumbnail.jpeg", APP, WORD),
    "no links before the text": (TYPES, WORD, LINKS), "folders first": ("word/", TYPES, LINKS, WORD),
    "a type first": ("mimetype", TYPES, LINKS, WORD),
}  # fmt: skip


def archive(*parts: str, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as made:
        for part in parts:
            made.writestr(part, "<a/>" + "俺家房子漏雨" * 3000 * (part == PHOTO))
    return out.getvalue()


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["plain", "packed"])
@pytest.mark.parametrize("order", ORDERS)
async def test_a_word_document_is_one_in_any_order_of_its_parts(
    small_office: TestOffice, order: str, how: int
) -> None:
    """F5: WPS, LibreOffice, Google and whatever else writes it."""
    assert await held(small_office, archive(*ORDERS[order], how=how)) == "document"


@pytest.mark.parametrize(
    "content", [rb"{\rtf1\ansi\ansicpg936 abc}", b"\r\n\n%PDF-1.4\n%\xe2\xe3\n1 0 obj\n" + bytes(99)],
    ids=["rtf", "pdf"],
)  # fmt: skip
async def test_what_word_and_its_like_write_is_a_document(
    small_office: TestOffice, content: bytes
) -> None:
    """F1: Word files and PDF as older programmes and scanners write them."""
    assert await held(small_office, content) == "document"


REFUSED = {
    "a table": archive(TYPES, LINKS, "xl/workbook.xml", "xl/worksheets/sheet1.xml"),
    "an archive": archive("1.jpg", "2.jpg"),
    "an archive of many parts": archive(*(f"{n}.txt" for n in range(6000)), TYPES, WORD),
    "half an archive": archive("1.jpg", TYPES, WORD)[:-9],
    "a web page": b"<html><body>x</body></html>",
    "a programme": b"MZ\x90\0" + bytes(99),
    "nothing known": b"\x01\x02\xff" * 50,
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_not_taken_is_told_another_way_to_send(
    small_office: TestOffice, name: str
) -> None:
    """F1: taken, or a sentence that names the remedy."""
    with pytest.raises(BadInput) as refused:
        await held(small_office, REFUSED[name])

    assert "照片" in refused.value.sentence
    assert "截个图" in refused.value.sentence


def test_a_broken_archive_is_no_document() -> None:
    """F5: five million parts are not looked through."""
    assert media_type_of(b"PK\x03\x04" + b"PK\x01\x02" * 5_000_000) not in ACCEPTED


# Long texts out


@pytest.mark.parametrize("most", [(8192, "utf-16-le"), (2048, "utf-8")], ids=["telegram", "wechat"])
@pytest.mark.parametrize(
    "text",
    [
        "头" + " " * 9000 + "尾", "头" + "\u3000" * 9000 + "尾", "头" + "\n" * 9000 + "尾",
        "头\n" + "\t" * 9000 + "\n尾", "一二三\r\n" * 3000, "👨‍👩‍👧‍👦" * 2000, "🇨🇳" * 3000, "1️⃣" * 3000, "字" * 4096, "字" * 4097,
    ],
    ids=["spaces", "wide spaces", "lines", "tabs", "cr", "family", "flags", "keycaps", "full", "over"],
)  # fmt: skip
def test_no_piece_of_a_long_text_is_empty_or_too_long_and_none_is_lost(
    text: str, most: tuple[int, str]
) -> None:
    """O1: a platform refuses a message without words for good, and the rest with it."""
    said = pieces(text, *most)

    assert all(each.strip() and len(each.encode(most[1])) <= most[0] for each in said)
    assert "".join("".join(said).split()) == "".join(text.split())
