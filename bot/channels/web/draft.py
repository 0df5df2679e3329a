"""What she has told and chosen on the form so far: it travels in hidden fields of her own page, no cookie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from bot.channels.web.files import MOST_FILES, WithFiles
from bot.channels.web.sent import Sent, new_token, own_token
from casework.reports import Once, digest_of

YES, NO = "yes", "no"
CUT, KEEP = "cut", "keep"
SINGLE = (
    "story", "county", "place", "urgent", "pressed", "identity", "heard", "above", "close", "floor",
    "told", "who", "answered_for", "drop_files",
)  # fmt: skip
#: Fields that are no part of what she asks.
ASIDE = ("token", "told", "blobs", "sums", "answered_for", "drop_files")


def _mark(story: str) -> str:
    """By which it is known whether a story was changed; line ends as a browser sends them count alike."""
    plain = "\n".join(story.strip().splitlines())
    return sha256(plain.encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Draft(WithFiles):
    """What she has written and chosen so far; every field is one of the form."""

    story: str = ""
    county: str = ""
    place: str = ""
    identity: str = ""  # whether the words that tell who she is are cut or kept
    heard: str = ""  # whether the place heard in the story is right
    denied: tuple[str, ...] = ()  # numbers of those named whom it is not about
    who: str = ""
    above: str = ""
    close: str = ""
    office: str = YES
    floor: str = ""
    token: str = ""
    urgent: str = ""  # '1' when she said that somebody is in the house
    pressed: str = ""  # '1' when she said that somebody presses her because she spoke up
    told: str = ""  # digest of the readers she was shown
    answered_for: str = ""  # `_mark` of the story that the answers above belong to
    drop_files: str = ""  # '1' when those she sent before are not to go along

    @classmethod
    def fresh(cls) -> Draft:
        """For a page that nothing was written on."""
        return cls(token=new_token())

    @classmethod
    def of(cls, sent: Sent) -> Draft:
        words, several = sent.words, sent.several
        single = {name: words.get(name, "") for name in SINGLE}
        draft = cls(
            **single,
            office=NO if words.get("office") == NO else YES,
            token=own_token(words.get("token", "")),
            denied=tuple(several.get("denied", ())),
            blobs=tuple(several.get("blob", ()))[:MOST_FILES],
            sums=tuple(several.get("sum", ()))[:MOST_FILES],
        )
        if draft.drop_files:
            draft = replace(draft, blobs=(), sums=(), drop_files="")
        if draft.answered_for and draft.answered_for != _mark(draft.story):
            draft = draft.unanswered()  # she told it otherwise since then
        return draft

    def unanswered(self) -> Draft:
        """Without what was answered about the story."""
        return replace(
            self, identity="", heard="", denied=(), who="", above="", close="", office=YES,
            answered_for="",
        )  # fmt: skip

    def hidden(self) -> list[tuple[str, str]]:
        """Its fields as they travel on to the next page, without the digest: that one is made anew."""
        single = [
            (name, str(value))
            for name, value in vars(self).items()
            if name not in ("denied", "blobs", "sums", "told", "answered_for") and value
        ]
        denied = (("denied", n) for n in self.denied)
        return [*single, ("answered_for", _mark(self.story)), *denied, *self.hidden_files()]

    def hidden_answers(self) -> list[tuple[str, str]]:
        """The same for the page on which the story, the place and the files are written."""
        written = ("story", "county", "place", "blob", "sum", "token")
        return [(name, value) for name, value in self.hidden() if name not in written]

    @property
    def once(self) -> Once:
        """The form as it is handed in; who was shown as readers is no part of what she asks, nor
        under which names her files were held."""
        asked = {k: v for k, v in vars(self).items() if k not in ASIDE}
        return Once(scope="form", key=self.token, digest=digest_of(asked, self.sums))
