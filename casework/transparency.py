"""An append-only log whose past cannot change unnoticed: the Merkle tree of RFC 9162, SHA-256."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

NOTHING = sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """RFC 9162 §2.1.1: leaves and nodes are hashed apart."""
    return sha256(b"\0" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes.

    >>> root([]).hex()[:8]
    'e3b0c442'
    """
    return frontier_of(leaves).root()


@dataclass(frozen=True)
class Frontier:
    """The right edge of a tree: the roots of its full subtrees, largest first. All one needs to
    append and to know the root."""

    size: int
    hashes: tuple[bytes, ...]

    def append(self, leaf: bytes) -> Frontier:
        edge, carry, size = list(self.hashes), leaf, self.size
        while size & 1:
            carry = node_hash(edge.pop(), carry)
            size >>= 1
        return Frontier(self.size + 1, (*edge, carry))

    def root(self) -> bytes:
        if not self.hashes:
            return NOTHING
        folded = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            folded = node_hash(left, folded)
        return folded


EMPTY = Frontier(0, ())


def frontier_of(leaves: Sequence[bytes]) -> Frontier:
    frontier = EMPTY
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """RFC 9162 §2.1.3.1. Raises `IndexError` for a leaf that is not there."""
    size = len(leaves)
    if not 0 <= index < size:
        raise IndexError(index)
    if size == 1:
        return ()
    middle = split(size)
    if index < middle:
        return (*inclusion_proof(index, leaves[:middle]), root(leaves[middle:]))
    return (*inclusion_proof(index - middle, leaves[middle:]), root(leaves[:middle]))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """RFC 9162 §2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, folded = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            folded = node_hash(other, folded)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            folded = node_hash(folded, other)
        at, last = at >> 1, last >> 1
    return last == 0 and folded == expected


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """RFC 9162 §2.1.4.1: that the tree of `old_size` is the beginning of this one."""
    if not 0 < old_size <= len(leaves):
        raise IndexError(old_size)
    return _subproof(old_size, leaves, whole=True)


def _subproof(old_size: int, leaves: Sequence[bytes], *, whole: bool) -> tuple[bytes, ...]:
    size = len(leaves)
    if old_size == size:
        return () if whole else (root(leaves),)
    middle = split(size)
    if old_size <= middle:
        return (*_subproof(old_size, leaves[:middle], whole=whole), root(leaves[middle:]))
    return (
        *_subproof(old_size - middle, leaves[middle:], whole=False),
        root(leaves[:middle]),
    )


def verify_consistency(
    old_size: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162 §2.1.4.2. The empty tree is the beginning of every tree."""
    if old_size == 0:
        return not proof and old_root == NOTHING
    if old_size == size:
        return not proof and old_root == new_root
    if not 0 < old_size < size:
        return False
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old, new = path[0], path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, other)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def digits(hash_: bytes) -> str:
    """The first 80 bits as 24 digits in six groups, for paper and for the ear.

    >>> digits(bytes(32))
    '0000 0000 0000 0000 0000 0000'
    """
    number = f"{int.from_bytes(hash_[:10]) % 10**24:024d}"
    return " ".join(number[i : i + 4] for i in range(0, 24, 4))


def commitment(salt: bytes, texts: Mapping[str, bytes], files: Mapping[str, bytes]) -> bytes:
    """What fixes a report's sealed content in its leaf: SHA-256 over the salt and the digest of
    every sealed text and file. The salt keeps a leaf from being compared with a guess."""
    parts = digests_of_texts(texts)
    parts |= {f"file {name}": sha256(sealed).hexdigest() for name, sealed in files.items()}
    return commitment_of(salt, parts)


def digests_of_texts(texts: Mapping[str, bytes]) -> dict[str, str]:
    """As `commitment_of` takes them."""
    return {f"text {name}": sha256(sealed).hexdigest() for name, sealed in texts.items()}


def commitment_of(salt: bytes, digests: Mapping[str, str]) -> bytes:
    """The same from SHA-256 digests in hex, by `text NAME` and `file NAME`: files may be large."""
    return sha256(salt + canonical(digests)).digest()


def canonical(body: Mapping[str, object]) -> bytes:
    """One way to write a body down (RFC 8785 for text, whole numbers, booleans, lists, objects).

    Raises `TypeError` for anything else: a fraction has no single spelling here.
    """
    _only_plain(body)
    return json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _only_plain(value: object) -> None:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if not isinstance(key, str):
                raise TypeError("keys are text")
            _only_plain(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _only_plain(each)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"no canonical form for {type(value).__name__}")
