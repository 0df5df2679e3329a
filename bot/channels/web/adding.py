"""What she adds on her mailbox's page: words, files, or both; refused, all of it stays on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import UploadFile

from bot.channels.web.form import CHANNEL, MOST_FILES, hold_from_a_page, new_token, own_token
from casework.ports import Office
from casework.reports import digest_of
from casework.shelves import Inbound


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What she would add, as it travels on her page: files as the names under which they are held."""

    text: str = ""
    token: str = ""
    blobs: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()  # their digests, known when they are no longer held

    @classmethod
    def fresh(cls) -> Typed:
        """For a page that nothing was written on."""
        return cls(token=new_token())

    @classmethod
    def of(cls, form: Mapping[str, str], several: Mapping[str, Sequence[str]]) -> Typed:
        return cls(
            text=form.get("text", ""),
            token=own_token(form.get("token", "")),
            blobs=tuple(several.get("blob", ()))[:MOST_FILES],
            sums=tuple(several.get("sum", ()))[:MOST_FILES],
        )

    def hidden(self) -> list[tuple[str, str]]:
        blobs, sums = (("blob", each) for each in self.blobs), (("sum", each) for each in self.sums)
        return [("token", self.token), *blobs, *sums]

    async def with_files(
        self, office: Office, files: Sequence[UploadFile], *, caller: str
    ) -> tuple[Typed, str]:
        """With these, as they are held now; and which of them are not, and why."""
        held, refused = await hold_from_a_page(office, files, len(self.blobs), caller=caller)
        blobs, sums = (each.blob for each in held), (each.sha256 for each in held)
        return replace(self, blobs=(*self.blobs, *blobs), sums=(*self.sums, *sums)), refused

    async def still_held(self, office: Office) -> Typed:
        """With the files that are held yet."""
        async with office.reading() as reading:
            held = [await reading.blobs.held(each) for each in self.blobs]
        there = [each for each in held if each]
        return replace(
            self,
            blobs=tuple(each.blob for each in there),
            sums=tuple(each.sha256 for each in there),
        )

    @property
    def once(self) -> Inbound:
        """The page as it is sent: the same words and files from the same page are one addition."""
        said = digest_of({"added": self.token, "text": self.text}, self.sums).hex()
        return Inbound(channel=CHANNEL, external_id=said, caller="")
