"""The log: the public reference tree, every proof of small trees, and no proof that was changed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.transparency import (
    EMPTY,
    NOTHING,
    Frontier,
    canonical,
    consistency_proof,
    digits,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    split,
    verify_consistency,
    verify_inclusion,
)

#: The reference tree of the certificate transparency projects (RFC 6962).
BODIES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f")  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf_hash(bytes.fromhex(body)) for body in BODIES]
MANY = [leaf_hash(str(n).encode()) for n in range(40)]

sizes = st.integers(1, 40)
quick = settings(max_examples=200, deadline=None, database=None)


def recursive_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162 §2.1.1, word for word."""
    if not leaves:
        return NOTHING
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return node_hash(recursive_root(leaves[:middle]), recursive_root(leaves[middle:]))


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_reference_tree_are_the_published_ones(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", range(41))
def test_appending_one_by_one_gives_the_root_of_the_definition(size: int) -> None:
    frontier = frontier_of(MANY[:size])

    assert frontier.size == size
    assert frontier.root() == root(MANY[:size]) == recursive_root(MANY[:size])
    assert len(frontier.hashes) == size.bit_count()


def test_appending_leaves_the_earlier_frontier_as_it_was() -> None:
    one = EMPTY.append(LEAVES[0])

    two = one.append(LEAVES[1])

    assert Frontier(0, ()) == EMPTY
    assert one == Frontier(1, (LEAVES[0],))
    assert two.root().hex() == ROOTS[2]


@pytest.mark.parametrize(("size", "half"), [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8)])
def test_a_tree_is_split_at_the_largest_smaller_power_of_two(size: int, half: int) -> None:
    assert split(size) == half


def test_a_leaf_is_never_mistaken_for_a_node() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


def test_the_inclusion_proof_of_the_reference_tree_is_the_published_one() -> None:
    proof = inclusion_proof(5, LEAVES)

    assert [step.hex() for step in proof] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_leaf_of_every_small_tree_is_proved_to_be_in_it() -> None:
    for size in range(1, 41):
        tree = root(MANY[:size])
        for index in range(size):
            proof = inclusion_proof(index, MANY[:size])

            assert verify_inclusion(MANY[index], index, size, proof, tree)


def test_every_small_tree_is_proved_to_begin_every_larger_one() -> None:
    roots = [root(MANY[:size]) for size in range(41)]
    for size in range(1, 41):
        for old in range(1, size + 1):
            proof = consistency_proof(old, MANY[:size])

            assert verify_consistency(old, roots[old], size, roots[size], proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(index, MANY[:size])

    assert not verify_inclusion(MANY[0], index, size, (), MANY[0])


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_consistency_proof_for_a_size_that_never_was(old: int, size: int) -> None:
    with pytest.raises(IndexError):
        consistency_proof(old, MANY[:size])


def test_the_empty_tree_begins_every_tree_and_proves_nothing_else() -> None:
    tree = root(MANY)

    assert verify_consistency(0, NOTHING, 40, tree, ())
    assert not verify_consistency(0, tree, 40, tree, ())
    assert not verify_consistency(0, NOTHING, 40, tree, (tree,))


def test_a_tree_begins_itself_only_with_the_same_root_and_no_proof() -> None:
    tree = root(MANY)

    assert verify_consistency(40, tree, 40, tree, ())
    assert not verify_consistency(40, NOTHING, 40, tree, ())
    assert not verify_consistency(40, tree, 40, tree, (tree,))


def test_a_larger_tree_never_begins_a_smaller_one_and_an_empty_proof_proves_nothing() -> None:
    assert not verify_consistency(5, root(MANY[:5]), 4, root(MANY[:4]), (MANY[0],))
    assert not verify_consistency(3, root(MANY[:3]), 7, root(MANY[:7]), ())
    assert not verify_consistency(4, root(MANY[:4]), 7, root(MANY[:7]), ())


def test_a_proof_with_a_step_too_many_is_refused() -> None:
    more = (*inclusion_proof(3, LEAVES), LEAVES[0])
    longer = (*consistency_proof(3, LEAVES), LEAVES[0])

    assert not verify_inclusion(LEAVES[3], 3, 8, more, root(LEAVES))
    assert not verify_consistency(3, root(LEAVES[:3]), 8, root(LEAVES), longer)


@st.composite
def changed(draw: st.DrawFn, proof: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """A proof that is not the given one: a bit turned, a step lost, doubled, added or moved."""
    steps = list(proof)
    kind = draw(st.sampled_from(("turn", "lose", "double", "add", "reverse")))
    at = draw(st.integers(0, max(len(steps) - 1, 0)))
    if kind == "turn" and steps:
        byte, bit = draw(st.integers(0, 31)), draw(st.integers(0, 7))
        step = bytearray(steps[at])
        step[byte] ^= 1 << bit
        steps[at] = bytes(step)
    elif kind == "lose" and steps:
        del steps[at]
    elif kind == "double" and steps:
        steps.insert(at, steps[at])
    elif kind == "reverse" and len(steps) > 1:
        steps.reverse()
    else:
        steps.insert(at, draw(st.binary(min_size=32, max_size=32)))
    return tuple(steps)


@quick
@given(st.data(), sizes)
def test_no_changed_inclusion_proof_is_accepted(data: st.DataObject, size: int) -> None:
    leaves = MANY[:size]
    index = data.draw(st.integers(0, size - 1))
    proof = data.draw(changed(inclusion_proof(index, leaves)))

    assert not verify_inclusion(leaves[index], index, size, proof, root(leaves))


@quick
@given(st.data(), st.integers(2, 40))
def test_no_changed_consistency_proof_is_accepted(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size - 1))
    proof = data.draw(changed(consistency_proof(old, MANY[:size])))

    assert not verify_consistency(old, root(MANY[:old]), size, root(MANY[:size]), proof)


@quick
@given(st.data(), st.integers(2, 40))
def test_a_proof_holds_for_its_own_leaf_place_and_root_only(data: st.DataObject, size: int) -> None:
    leaves = MANY[:size]
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
    proof, tree = inclusion_proof(index, leaves), root(leaves)

    assert not verify_inclusion(leaves[other], index, size, proof, tree)
    assert not verify_inclusion(leaves[index], other, size, proof, tree)
    assert not verify_inclusion(leaves[index], index, size, proof, leaves[other])


@quick
@given(st.data(), st.integers(2, 40))
def test_a_report_taken_out_of_the_past_is_noticed(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size - 1))
    gone = data.draw(st.integers(0, old - 1))
    forged = MANY[:gone] + MANY[gone + 1 : size] + [leaf_hash(b"filler")]
    proof = consistency_proof(old, forged)

    assert not verify_consistency(old, root(MANY[:old]), size, root(forged), proof)


def test_a_hash_is_said_as_six_groups_of_four_digits_of_its_first_eighty_bits() -> None:
    assert digits(bytes.fromhex(ROOTS[8])) == "4429 0362 1263 3107 9096 2517"
    assert digits(bytes(9) + b"\x07" + b"\xff" * 22) == "0000 0000 0000 0000 0000 0007"


@quick
@given(st.binary(min_size=32, max_size=32))
def test_only_the_first_eighty_bits_are_said(hash_: bytes) -> None:
    assert digits(hash_) == digits(hash_[:10] + bytes(22))
    assert [len(group) for group in digits(hash_).split(" ")] == [4] * 6


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@quick
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), plain, max_size=4))
def test_a_body_has_one_spelling_whatever_the_order_of_its_keys(body: dict[str, object]) -> None:
    written = canonical(body)

    assert json.loads(written) == body
    assert canonical(dict(reversed(body.items()))) == written


def test_a_body_is_written_sorted_without_spaces_and_with_plain_chinese() -> None:
    body = {"b": [1, True, None, {"z": "", "a": -3}], "a": '鲁山\n"\x1f/', "B": ()}

    assert canonical(body) == (
        '{"B":[],"a":"鲁山\\n\\"\\u001f/","b":[1,true,null,{"a":-3,"z":""}]}'.encode()
    )


@pytest.mark.parametrize("body", [{"a": 1.5}, {"a": [{"b": 0.0}]}, {"a": b""}, {"a": {1}}])
def test_what_has_no_single_spelling_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        canonical(body)


def test_keys_that_are_not_text_are_refused() -> None:
    with pytest.raises(TypeError, match="keys"):
        canonical({"a": {1: "b"}})
