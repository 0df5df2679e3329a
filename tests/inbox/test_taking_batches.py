"""A batch is taken once, whole, in its order, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from casework.transparency import NOTHING, leaf_hash, root
from inbox.cabinet import Cabinet
from inbox.receiving import Conflict, Reception, Refused
from papers.archive import Acknowledgement, Batch, inner_digest, pack
from papers.signature import SigningKey
from tests.inbox.conftest import NOW, Housing

STORY = "说补两万,卡上才到一万五。"


def test_five_deliveries_are_one_batch_and_one_receipt(
    reception: Reception, housing: Housing, folder: Path
) -> None:
    batch = housing.batch(housing.clue("AAA", STORY), housing.clue("BBB", STORY))

    receipts = {reception.take(housing.send(batch), at=NOW) for _ in range(5)}

    assert len(receipts) == 1
    said = Acknowledgement.from_text(receipts.pop(), housing.card.signing)
    assert (said.batch, said.count) == (batch.number, 2)
    assert said.digest == inner_digest(pack(batch, housing.key))
    assert said.root == batch.root.hex()
    assert [line.number for line in Cabinet(folder).clues()] == ["AAA", "BBB"]


def test_other_content_under_the_same_number_is_a_conflict_and_an_alarm(
    reception: Reception, housing: Housing, folder: Path
) -> None:
    first, second = housing.clue("AAA", STORY), housing.clue("BBB", STORY)
    reception.take(housing.send(housing.batch(first, second)), at=NOW)

    with pytest.raises(Conflict):
        reception.take(housing.send(housing.batch(first)), at=NOW)

    assert [alarm.kind for alarm in Cabinet(folder).alarms()] == ["conflict"]
    assert len(Cabinet(folder).clues()) == 2


def test_the_next_month_stands_on_the_one_before(
    reception: Reception, housing: Housing, folder: Path
) -> None:
    november = housing.batch(housing.clue("AAA", STORY))
    reception.take(housing.send(november), at=NOW)
    housing.sent(november)

    december = housing.batch(housing.clue("BBB", STORY, month="2026-12"), month="2026-12")
    reception.take(housing.send(december), at=NOW)

    assert Cabinet(folder).held().edge.root() == december.root


def test_a_month_that_was_skipped_is_noticed(reception: Reception, housing: Housing) -> None:
    november = housing.batch(housing.clue("AAA", STORY))
    housing.sent(november)

    december = housing.batch(housing.clue("BBB", STORY, month="2026-12"), month="2026-12")

    with pytest.raises(Refused, match="previous"):
        reception.take(housing.send(december), at=NOW)


def test_a_log_whose_past_was_rebuilt_is_noticed(reception: Reception, housing: Housing) -> None:
    november = housing.batch(housing.clue("AAA", STORY), housing.clue("BBB", STORY))
    reception.take(housing.send(november), at=NOW)
    housing.sent(november)

    del housing.leaves[1]
    clue = housing.clue("CCC", STORY, month="2026-12")
    december = replace(housing.batch(clue, month="2026-12"), leaves=(clue.leaf_body,))

    with pytest.raises(Refused, match="log"):
        reception.take(housing.send(december), at=NOW)


BREAKS: dict[str, Callable[[Batch], Batch]] = {
    "office": lambda b: replace(b, office="discipline-4104"),
    "previous": lambda b: replace(b, previous="00" * 32),
    "log.previous": lambda b: replace(b, previous_size=1),
    "log.consistency": lambda b: replace(b, consistency=(b"x" * 32,)),
    "leaves": lambda b: replace(b, leaves=b.leaves[:-1]),
    "counts": lambda b: replace(b, counts=(("embezzle.skim", "410423", 1),)),
    "AAA": lambda b: replace(b, clues=(replace(b.clues[0], leaf_index=1), b.clues[1])),
    "BBB": lambda b: replace(b, clues=(b.clues[0], replace(b.clues[1], box=b"no box"))),
    "clues": lambda b: replace(b, clues=(*b.clues, b.clues[0])),
}


@pytest.mark.parametrize("what", BREAKS)
def test_what_does_not_fit_is_refused_by_name_and_written_down(
    what: str, reception: Reception, housing: Housing, folder: Path
) -> None:
    batch = housing.batch(housing.clue("AAA", STORY), housing.clue("BBB", STORY))

    with pytest.raises(Refused, match=what):
        reception.take(housing.send(BREAKS[what](batch)), at=NOW)

    assert what in Cabinet(folder).alarms()[0].sentence
    assert Cabinet(folder).clues() == []


def test_a_clue_cannot_borrow_the_leaf_of_another(reception: Reception, housing: Housing) -> None:
    batch = housing.batch(housing.clue("AAA", STORY), housing.clue("BBB", STORY))
    first, second = batch.clues
    borrowed = replace(
        first, leaf_index=second.leaf_index, leaf_body=second.leaf_body, proof=second.proof
    )

    with pytest.raises(Refused, match="AAA"):
        reception.take(housing.send(replace(batch, clues=(borrowed, second))), at=NOW)


def test_a_stranger_s_signature_is_refused(reception: Reception, housing: Housing) -> None:
    batch = housing.batch(housing.clue("AAA", STORY))
    housing.key = SigningKey(b"s" * 32)

    with pytest.raises(Refused, match="签名"):
        reception.take(housing.send(batch), at=NOW)


def test_a_truncated_file_leaves_nothing_behind(
    reception: Reception, housing: Housing, folder: Path
) -> None:
    blob = housing.send(housing.batch(housing.clue("AAA", "一句暗号：枣树底下")))

    for cut in (0, 10, len(blob) // 2, len(blob) - 1):
        with pytest.raises(Refused):
            reception.take(blob[:cut], at=NOW)

    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert "枣树底下".encode() not in kept
    assert Cabinet(folder).clues() == []


def test_clues_lie_sealed_in_the_cabinet(
    reception: Reception, housing: Housing, folder: Path
) -> None:
    reception.take(housing.send(housing.batch(housing.clue("AAA", "枣树底下"))), at=NOW)

    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert "枣树底下".encode() not in kept


def test_a_month_without_clues_is_signed_for_too(reception: Reception, housing: Housing) -> None:
    empty = replace(housing.batch(), counts=(), root=root([]), previous_root=NOTHING)

    receipt = json.loads(reception.take(housing.send(empty), at=NOW))

    assert json.loads(receipt["receipt"])["count"] == 0


def test_the_root_is_the_office_s_own_sum(
    reception: Reception, housing: Housing, folder: Path
) -> None:
    batch = housing.batch(housing.clue("AAA", STORY), housing.clue("BBB", STORY))
    reception.take(housing.send(batch), at=NOW)

    assert root([leaf_hash(body) for body in Cabinet(folder).leaves()]) == batch.root


def test_a_story_sealed_anew_after_it_was_filed_is_not_taken(
    reception: Reception, housing: Housing
) -> None:
    """The leaf fixes the sealed content: whoever holds the keys cannot put another story in."""
    clue = housing.clue("AAAAAAAAAA", "扣了五千")
    other = tuple((name, sealed[::-1]) for name, sealed in clue.fields)

    with pytest.raises(Refused, match="登记时写进日志"):
        reception.take(housing.send(housing.batch(replace(clue, fields=other))), at=NOW)
