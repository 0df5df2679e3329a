"""Receipt codes: which slips are noticed, which group is named, and how people write the digits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations, product
from timeit import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import receipts
from casework.receipts import (
    DAMM,
    DIGITS,
    GROUPS,
    HIDDEN,
    LENGTH,
    WrongCode,
    as_digits,
    check_digit,
    code_from,
    find_code,
    read_code,
    shown,
    without_codes,
    wrong_groups,
)
from tests.offices import CONTENT

CODE = code_from(bytes(range(32)))
STEP = DIGITS + 1

codes = st.binary(min_size=16, max_size=32).map(code_from)
quick = settings(max_examples=150, deadline=None, database=None)


def groups_of(code: str) -> list[str]:
    return [code[at : at + STEP] for at in range(0, LENGTH, STEP)]


def with_digit(code: str, at: int, digit: str) -> str:
    return code[:at] + digit + code[at + 1 :]


def swapped(code: str, at: int) -> str:
    return code[:at] + code[at + 1] + code[at] + code[at + 2 :]


def test_the_table_notices_every_wrong_digit_because_rows_and_columns_are_permutations() -> None:
    ten = list(range(10))

    assert all(sorted(row) == ten for row in DAMM)
    assert all(sorted(column) == ten for column in zip(*DAMM, strict=True))
    assert all(DAMM[digit][digit] == 0 for digit in ten)


def test_the_table_notices_every_swap_because_it_is_totally_anti_symmetric() -> None:
    slips = [
        (state, one, other)
        for state, one, other in product(range(10), repeat=3)
        if one != other and DAMM[DAMM[state][one]][other] == DAMM[DAMM[state][other]][one]
    ]

    assert slips == []


def test_every_group_of_four_digits_has_another_check_digit_at_every_position() -> None:
    for number in range(0, 10_000, 7):
        group = f"{number:04d}"

        assert len({check_digit(group, at) for at in range(GROUPS)}) == GROUPS


def test_a_code_is_twenty_digits_that_read_back_as_they_are() -> None:
    assert len(CODE) == LENGTH == 20
    assert CODE.isdigit()
    assert read_code(CODE) == CODE


def test_a_code_is_the_same_for_the_same_entropy_and_keeps_leading_zeros() -> None:
    assert code_from(bytes(range(32))) == CODE
    assert [group[:DIGITS] for group in groups_of(code_from(bytes(16)))] == ["0000"] * GROUPS


def test_too_little_entropy_is_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        code_from(bytes(15))


@quick
@given(codes)
def test_any_code_is_read_back_as_printed_and_as_spoken(code: str) -> None:
    assert read_code(shown(code)) == code
    assert read_code(CONTENT.texts.aloud(code)) == code
    assert find_code(f"我的编号是{shown(code)}。") == code
    assert find_code(f"编号:{CONTENT.texts.aloud(code)},谢谢") == code


def test_a_code_is_printed_in_four_groups_of_five_and_spoken_with_yao() -> None:
    assert shown(CODE) == "75982 36999 79447 06718"
    assert "幺" in CONTENT.texts.aloud(CODE)
    assert "一" not in CONTENT.texts.aloud(CODE)


def test_every_single_wrong_digit_is_named_by_its_group() -> None:
    for at, digit in product(range(LENGTH), "0123456789"):
        if digit == CODE[at]:
            continue

        with pytest.raises(WrongCode) as refused:
            read_code(with_digit(CODE, at, digit))

        assert refused.value.group == at // STEP + 1
        assert refused.value.sentence == f"第{at // STEP + 1}组好像不对,请再看一遍。"


@quick
@given(codes, st.integers(0, LENGTH - 1), st.integers(1, 9))
def test_a_wrong_digit_in_any_code_makes_exactly_its_group_wrong(
    code: str, at: int, more: int
) -> None:
    slip = with_digit(code, at, str((int(code[at]) + more) % 10))

    assert wrong_groups(slip) == [at // STEP + 1]


@quick
@given(codes)
def test_neighbours_swapped_within_a_group_are_always_noticed(code: str) -> None:
    for at in range(LENGTH - 1):
        if at % STEP == STEP - 1 or code[at] == code[at + 1]:
            continue

        assert wrong_groups(swapped(code, at)) == [at // STEP + 1]


@quick
@given(codes)
def test_neighbours_swapped_across_two_groups_make_both_wrong(code: str) -> None:
    for at in range(STEP - 1, LENGTH - 1, STEP):
        if code[at] != code[at + 1]:
            assert wrong_groups(swapped(code, at)) == [at // STEP + 1, at // STEP + 2]


@quick
@given(codes)
def test_two_swapped_groups_are_both_noticed(code: str) -> None:
    for one, other in combinations(range(GROUPS), 2):
        groups = groups_of(code)
        groups[one], groups[other] = groups[other], groups[one]

        assert wrong_groups("".join(groups)) == [one + 1, other + 1]


def test_of_all_orders_of_the_groups_only_the_right_one_is_a_code() -> None:
    right = [order for order in permutations(groups_of(CODE)) if not wrong_groups("".join(order))]

    assert right == [tuple(groups_of(CODE))]


def test_two_wrong_groups_are_both_said_and_none_is_singled_out() -> None:
    groups = groups_of(CODE)
    groups[1], groups[2] = groups[2], groups[1]

    with pytest.raises(WrongCode) as refused:
        read_code(" ".join(groups))

    assert refused.value.group is None
    assert "第2、3组" in refused.value.sentence


@pytest.mark.parametrize("length", [1, 11, 18, 19, 21, 40])
def test_a_wrong_length_is_said_with_the_number_of_digits_typed(length: int) -> None:
    with pytest.raises(WrongCode) as refused:
        read_code((CODE * 2)[:length])

    assert refused.value.group is None
    assert f"您输了{length}位" in refused.value.sentence


@pytest.mark.parametrize(
    "typed", ["", "   ", "忘了", "🙂" * 20, "7598a 36999 79447 06718", "\0" * 20, "٣" * 20]
)
def test_what_is_not_digits_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(WrongCode) as refused:
        read_code(typed)

    assert refused.value.group is None
    assert "20位" in refused.value.sentence


@pytest.mark.parametrize(
    "typed",
    [
        "75982369997944706718",
        "".join(chr(0xFF10 + int(digit)) for digit in CODE),  # full width
        "75982-36999-79447-06718",
        "75982—36999—79447—06718",
        " 75982\n36999\t79447\u300006718 ",
        "75982,36999、79447。06718",
        "75982\N{FULLWIDTH COMMA}36999\N{FULLWIDTH COMMA}79447\N{FULLWIDTH COLON}06718",
        "7 5 9 8 2 3 6 9 9 9 7 9 4 4 7 0 6 7 1 8",
        "七五九八二 三六九九九 七九四四七 〇六七一八",
        "拐五勾八两 三六勾勾勾 拐勾四四拐 洞六拐幺八",
        "柒伍玖捌贰 叁陆玖玖玖 柒玖肆肆柒 零陆柒壹捌",
        "75九八二 三6999 拐9447 洞6七18",
    ],
)
def test_the_ways_people_write_a_code_are_all_the_same_code(typed: str) -> None:
    assert read_code(typed) == CODE
    assert find_code(typed) == CODE
    assert find_code(f"你好,我的编号是 {typed} ,请查一下") == CODE


@pytest.mark.parametrize(
    "before", ["", "1. ", "2次了,", "13800000000 ", "电话13800000000,编号", "两次:", "之一:"]
)
def test_digits_before_a_code_do_not_hide_it(before: str) -> None:
    assert find_code(before + shown(CODE)) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "我想问问危房能补多少钱",
        "13800000000",
        "138 0000 0000",
        "410000190001010000",
        "41000019000101000X",
        "电话13800000000,身份证410000190001010000",
        "2019年3月5日交了3000元",
        CODE[:-1],
        CODE + "0",
        "0" + CODE,
        with_digit(CODE, 3, "0"),
    ],
)
def test_phones_identity_numbers_and_almost_codes_are_not_codes(text: str) -> None:
    assert find_code(text) is None


@quick
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"[1-8][0-9]{16}[0-9X]", fullmatch=True),
)
def test_no_phone_and_no_identity_number_is_ever_a_code(phone: str, identity: str) -> None:
    assert find_code(phone) is None
    assert find_code(identity) is None
    assert find_code(f"电话{phone}身份证{identity}") is None


@quick
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    group: int | None = None
    try:
        wrong = wrong_groups(read_code(text))
    except WrongCode as refused:
        wrong, group = [], refused.group

    assert wrong == []
    assert group in (None, 1, 2, 3, 4)


def test_full_width_and_spoken_digits_become_plain_ones_in_place() -> None:
    assert receipts.as_digits("第12组:幺两拐勾洞") == "第12组:12790"
    assert receipts.as_digits("编号") == "编号"


def test_every_sign_that_becomes_a_digit_is_looked_at_closer() -> None:
    """Filing looks closer only at a story in which so many of them stand together."""
    signs = (chr(at) for at in range(0x110000) if not 0xD800 <= at < 0xE000)
    digits = [sign for sign in signs if (read := as_digits(sign)).isascii() and read.isdigit()]

    assert [each for each in digits if not receipts._MAY_BE_CODE.search(f"俺{each * 15}俺")] == []
    assert [each for each in digits if receipts._MAY_BE_CODE.search(f"俺{each * 14}俺")] == []
    assert len(digits) > 250


@quick
@given(
    codes,
    st.sampled_from((str, shown, CONTENT.texts.aloud)),
    st.sampled_from(("编号", "一直没人管,", "说:3个人 ")),
)
def test_a_code_in_a_story_is_hidden_however_it_is_written(
    code: str, written: Callable[[str], str], before: str
) -> None:
    story = without_codes(f"{before}{written(code)}一直没人管")

    assert story == f"{before}{HIDDEN}一直没人管"


@quick
@given(codes, st.integers(0, LENGTH - 1), st.sampled_from("0123456789"))
def test_a_code_with_a_slip_is_hidden_as_well(code: str, at: int, digit: str) -> None:
    """The group with the slip could be guessed."""
    slipped = with_digit(code, at, digit)

    assert without_codes(f"编号{slipped}。") == f"编号{HIDDEN}。"
    assert without_codes(f"编号{shown(slipped)}。") == f"编号{HIDDEN}。"


@quick
@given(codes, st.integers(0, GROUPS - 1))
def test_three_groups_of_a_code_are_hidden(code: str, left_out: int) -> None:
    groups = groups_of(code)
    shortened = [*groups[:left_out], groups[left_out][1:], *groups[left_out + 1 :]]

    assert without_codes(" ".join(shortened)) == HIDDEN
    if left_out in (0, GROUPS - 1):
        del groups[left_out]
        assert without_codes("-".join(groups)) == HIDDEN


@pytest.mark.parametrize(
    "evidence",
    [
        "卡号6217001234567890123", "身份证411111190001011234", "电话13800000000和0375-0000000",
        "C级15000、20000,D级 31000 8000", "第1 2 3 4 5 6 7 8 9 10 11 12 13 14 15家", "2025-06-01",
        "账号41001500010050200001",
    ],
)  # fmt: skip
def test_numbers_that_are_evidence_stay(evidence: str) -> None:
    assert without_codes(evidence) == evidence


@pytest.mark.parametrize("text", ["12345 " * 900, "1 " * 2500, "九" * 5000, ",1" * 2500])
def test_a_text_of_nothing_but_digits_is_looked_through_as_fast_as_it_is_long(text: str) -> None:
    """Twice as long takes about twice as long, not four times."""
    short, long = (
        min(repeat(lambda t=t: without_codes(t), number=1, repeat=5)) for t in (text, text * 4)
    )

    assert long < short * 12
