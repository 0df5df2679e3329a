"""The files beside her words: held here at once, and on her page only as the names they are held under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from starlette.datastructures import UploadFile

from casework.ports import Office
from casework.refusals import BadInput, TooMuch
from casework.reports import Attachment

MOST_FILES = 9


@dataclass(frozen=True, kw_only=True)
class WithFiles:
    """A page she is writing on, with the files that she sent from it."""

    blobs: tuple[str, ...] = ()  # names of the files as they are held
    sums: tuple[str, ...] = ()  # and their digests, known when they are no longer held

    def with_files(self, files: Sequence[Attachment]) -> Self:
        """With these, and no others."""
        return replace(
            self,
            blobs=tuple(each.blob for each in files),
            sums=tuple(each.sha256 for each in files),
        )

    async def with_sent(
        self, office: Office, files: Sequence[UploadFile], *, caller: str
    ) -> tuple[Self, str]:
        """With these beside the others, as they are held now; and which of them are not, and why."""
        held, refused = await hold_from_a_page(office, files, len(self.blobs), caller=caller)
        blobs, sums = (each.blob for each in held), (each.sha256 for each in held)
        return replace(self, blobs=(*self.blobs, *blobs), sums=(*self.sums, *sums)), refused

    def hidden_files(self) -> list[tuple[str, str]]:
        """The fields by which they travel on."""
        return [*(("blob", blob) for blob in self.blobs), *(("sum", each) for each in self.sums)]


def chosen(files: Sequence[UploadFile]) -> list[UploadFile]:
    """Those that are files: a field in which nothing was chosen is sent too."""
    return [each for each in files if each.filename or each.size]


async def still_held(office: Office, blobs: Sequence[str]) -> list[Attachment]:
    """Those of an earlier try that lie here yet."""
    async with office.reading() as reading:
        held = [await reading.blobs.held(blob) for blob in blobs]
    return [each for each in held if each]


async def hold(
    office: Office, contents: Sequence[bytes], have: int, *, caller: str
) -> tuple[list[Attachment], list[str]]:
    """(the files as they are held, a sentence for each of those sent that is not among them). One that
    cannot be taken keeps none of the others out; files have numbers here, their names are hers."""
    texts = office.content.texts
    held, refused = list[Attachment](), list[str]()
    for n, content in enumerate(contents, start=1):
        if have + len(held) >= MOST_FILES:  # one sentence for all of them
            which = n if n == len(contents) else f"{n}-{len(contents)}"
            why = texts.refused(too_many_files())
            refused.append(texts("report.file_refused", n=which, why=why).strip())
            break
        try:
            async with office.files() as shelves:
                held.append(await shelves.blobs.hold(content, caller=caller))
        except (BadInput, TooMuch) as refusal:
            refused.append(texts("report.file_refused", n=n, why=texts.refused(refusal)).strip())
    return held, refused


async def hold_from_a_page(
    office: Office, files: Sequence[UploadFile], have: int, *, caller: str
) -> tuple[list[Attachment], str]:
    """The same, and in one text what is to be chosen again, and that the others are not."""
    contents = [await each.read() for each in chosen(files)]
    held, refused = await hold(office, contents, have, caller=caller)
    if refused and held:
        refused.append(office.content.texts("report.files_taken", n=len(held)))
    return held, " ".join(refused)


def too_many_files() -> BadInput:
    said = f"一次最多 {MOST_FILES} 个文件,剩下的登记以后再补。"
    return BadInput(said, "too-many-files", most=MOST_FILES)
