"""What she adds on her mailbox's page: words, files, or both; refused, all of it stays on the page."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.web.files import MOST_FILES, WithFiles
from bot.channels.web.sent import Sent, new_token, own_token, sending
from casework.shelves import Inbound


@dataclass(frozen=True, kw_only=True)
class Typed(WithFiles):
    """What she would add, as it travels on her page."""

    text: str = ""
    token: str = ""

    @classmethod
    def fresh(cls) -> Typed:
        """For a page that nothing was written on."""
        return cls(token=new_token())

    @classmethod
    def of(cls, sent: Sent) -> Typed:
        return cls(
            text=sent.words.get("text", ""),
            token=own_token(sent.words.get("token", "")),
            blobs=tuple(sent.several.get("blob", ()))[:MOST_FILES],
            sums=tuple(sent.several.get("sum", ()))[:MOST_FILES],
        )

    def hidden(self) -> list[tuple[str, str]]:
        return [("token", self.token), *self.hidden_files()]

    @property
    def once(self) -> Inbound:
        """The page as it is sent: the same words and files from the same page are one addition."""
        return sending({"added": self.token, "text": self.text}, self.sums)
