"""Callers are told apart and not kept."""

from __future__ import annotations

import pytest

from casework.callers import at_address, on_channel


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("192.0.2.7", "::ffff:192.0.2.7"),
        ("2001:DB8:1:2::1", "2001:db8:0001:0002::1"),
    ],
)
def test_these_are_one_caller(one: str, other: str) -> None:
    assert at_address(one) == at_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.7", "192.0.2.8"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("127.0.0.1", "127.0.0.1"),  # behind a proxy of ours that does not say from where
        ("10.1.2.3", "10.1.2.3"),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
        ("fd00::1", "fd00::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("", ""),
        ("a\0socket", "a\0socket"),
    ],
)
def test_these_are_two(one: str, other: str) -> None:
    assert at_address(one) != at_address(other)


def test_a_name_holds_nothing_of_the_address_or_the_account() -> None:
    assert "192.0.2.7" not in at_address("192.0.2.7")
    assert on_channel("telegram", "5550001") != on_channel("wechat", "5550001")
    assert "5550001" not in on_channel("telegram", "5550001")
