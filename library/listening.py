"""The lines that are learned from, and the weights beside them: what kind of message it is
(`listening/` of a programme), and what a report is about (`sorting/`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.refusals import BadInput
from nlp.listener import KINDS, Weights
from nlp.training import Line

WEIGHTS = "weights.xz"
#: Under which a wish to report is sorted that does not say what of.
OTHER = "other"


@dataclass(frozen=True)
class Lessons:
    """The `*.tsv` of one folder, each line a kind of `kinds`, a tab, and what somebody wrote; and what
    was learned from them."""

    folder: Path
    kinds: Sequence[str]

    def lines(self) -> tuple[Line, ...]:
        """All of them. Raises `BadInput` naming file and line."""
        return tuple(
            line for path in sorted(self.folder.glob("*.tsv")) for line in self._lines_of(path)
        )

    def _lines_of(self, path: Path) -> Iterator[Line]:
        for at, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not row or row.startswith("#"):
                continue
            kind, tab, text = row.partition("\t")
            if not tab or kind not in self.kinds or not text.strip():
                raise BadInput(
                    f"{self.folder.name}/{path.name} 第{at}行要写成:种类,一个制表符,一句话。"
                    f"种类能写的是 {'、'.join(self.kinds)}。"
                )
            yield Line(text=text.strip(), kind=kind)

    def weights(self) -> Weights | None:
        """What was learned from them; None in a programme without lines. Raises `BadInput`."""
        try:
            return Weights.unpacked((self.folder / WEIGHTS).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            raise BadInput(
                f"{self.folder.name}/{WEIGHTS} 读不出来。用 xiangsheng listening learn 重做一份。"
            ) from None

    def keep(self, learned: Weights) -> Path:
        """Writes them where `weights` looks."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / WEIGHTS
        path.write_bytes(learned.packed())
        return path


def of_kinds(folder: Path) -> Lessons:
    """What kind of message it is, of the programme in this folder."""
    return Lessons(folder / "listening", KINDS)


def of_categories(folder: Path, kinds: Mapping[str, Collection[str]]) -> Lessons:
    """What a report is about: `kinds` of `triage.toml`, whose keys are kinds of case, each with its
    categories."""
    return Lessons(
        folder / "sorting", (*(each for group in kinds.values() for each in group), OTHER)
    )
