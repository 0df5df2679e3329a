"""What is learned is compared, in one run, with what learns nothing."""

from __future__ import annotations

from pathlib import Path

from runtime.bench.understanding import compared
from tests.offices import CONTENT_FOLDER, UNDERSTANDING


def test_topics_are_found_better_than_by_the_nearest_phrasing_or_by_words(tmp_path: Path) -> None:
    rows = (
        "area.limits\toblique\t家里四张嘴,盖几间才不犯规\n"
        "subsidy.amount|subsidy.not-enough\tplain\t翻盖一回国家给掏几个\n"
        "none\tfar\t火星上种啥\n"
    )
    (tmp_path / "questions.tsv").write_text(rows, "utf-8")

    found = compared(UNDERSTANDING, tmp_path, CONTENT_FOLDER / "jieba.txt")

    assert list(found) == ["learned", "nearest phrasing", "BM25 over words"]
    assert all(first.of == three.of == 2 for first, three in found.values())
    learned, *others = [three.right for _, three in found.values()]
    assert learned >= max(others)


def test_a_phrasing_is_found_by_all_of_them(tmp_path: Path) -> None:
    asked = UNDERSTANDING.content.topics["area.limits"].question
    (tmp_path / "questions.tsv").write_text(f"area.limits\tplain\t{asked}\n", "utf-8")

    found = compared(UNDERSTANDING, tmp_path, tmp_path / "no-words.txt")

    assert [first.right for first, _ in found.values()] == [1, 1, 1]
