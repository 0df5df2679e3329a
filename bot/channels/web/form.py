"""The form: her story on one page, then what was understood, then who will read it, then 提交.

No cookie: what was written so far travels in hidden fields of her own page, files as the names under
which they are held. Nothing is filed before she has seen, by name, who will read it, but for a threat
against her and a house that may come down: those are filed at once, and the receipt names the readers.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from starlette.datastructures import UploadFile

from bot.dialogues.choices import options
from bot.dialogues.report import in_danger, lines_read_back, make, threat
from bot.dialogues.whom import (
    ABOVE,
    CLOSE,
    WHO,
    Readers,
    called,
    floor_by,
    in_the_village,
    may_accuse,
)
from casework.content import Texts
from casework.ports import Office, Passing
from casework.receipts import shown
from casework.refusals import BadInput, KeyUsed, ReadersChanged, Refusal, TooMuch
from casework.reports import (
    SHORTEST_KEY,
    Accused,
    Attachment,
    Facts,
    Once,
    Receipt,
    Report,
    Told,
    bounded,
    digest_of,
)
from casework.tickets import Kind
from casework.workdays import day_of
from nlp.identity import without
from nlp.understanding import Understanding

CHANNEL = "web"
MOST_FILES = 9
YES, NO = "yes", "no"
CUT, KEEP = "cut", "keep"
SINGLE = (
    "story", "county", "place", "urgent", "pressed", "identity", "heard", "above", "close", "floor",
    "told", "who", "answered_for", "drop_files",
)  # fmt: skip


#: Fields that are no part of what she asks.
ASIDE = ("token", "told", "blobs", "sums", "answered_for", "drop_files")


def new_token() -> str:
    """A form's own key: sent twice, it is one report."""
    return secrets.token_urlsafe(18)


def own_token(sent: str) -> str:
    """The token a page brought, a new one where it is none."""
    return sent if len(sent) >= SHORTEST_KEY else new_token()


def _mark(story: str) -> str:
    """By which it is known whether a story was changed; line ends as a browser sends them count alike."""
    plain = "\n".join(story.strip().splitlines())
    return sha256(plain.encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Draft:
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
    blobs: tuple[str, ...] = ()  # names of the files as they are held
    sums: tuple[str, ...] = ()  # and their digests, known when they are no longer held
    urgent: str = ""  # '1' when she said that somebody is in the house
    pressed: str = ""  # '1' when she said that somebody presses her because she spoke up
    told: str = ""  # digest of the readers she was shown
    answered_for: str = ""  # `_mark` of the story that the answers above belong to
    drop_files: str = ""  # '1' when those she sent before are not to go along

    @classmethod
    def of(cls, form: Mapping[str, str], several: Mapping[str, Sequence[str]]) -> Draft:
        single = {name: form.get(name, "") for name in SINGLE}
        draft = cls(
            **single,
            office=NO if form.get("office") == NO else YES,
            token=own_token(form.get("token", "")),
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

    def hidden_files(self) -> list[tuple[str, str]]:
        return [*(("blob", blob) for blob in self.blobs), *(("sum", each) for each in self.sums)]

    def with_files(self, files: Sequence[Attachment]) -> Draft:
        blobs, sums = (each.blob for each in files), (each.sha256 for each in files)
        return replace(self, blobs=tuple(blobs), sums=tuple(sums))

    @property
    def once(self) -> Once:
        """The form as it is handed in; who was shown as readers is no part of what she asks, nor
        under which names her files were held."""
        asked = {k: v for k, v in vars(self).items() if k not in ASIDE}
        return Once(scope="form", key=self.token, digest=digest_of(asked, self.sums))


@dataclass(frozen=True, kw_only=True)
class Page:
    """What comes next: a template's name, its values, and the status it is sent with."""

    name: str
    values: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True)
class ReportForm:
    """The way from a story to a receipt over one office."""

    office: Office
    knows: Understanding
    promise: str
    caller: str  # who is counted (`casework.callers`)

    @property
    def _today(self) -> date:
        return day_of(self.office.clock.now())

    async def changed(self, draft: Draft, line: str) -> Page:
        """A line of the read-back is not right: the page it was written or answered on, with all else."""
        draft = replace(draft, told="")
        if line in ("whom", "office"):
            return await self.onward(replace(draft, who="", above="", close="", denied=()), ())
        return self.first(draft, changes=line)

    def first(self, draft: Draft, sentence: str = "", *, changes: str = "") -> Page:
        """The page to write on; what was typed stays, and so do the files that were held. `changes`
        names the line that she came back for."""
        gazetteer = self.knows.gazetteer
        counties = [(c, gazetteer.full_name(c)) for c, _ in gazetteer.counties()]
        values = {
            "counties": counties,
            "sentence": sentence,
            "typed": draft,
            "promise": self.promise,
            "changes": changes,
        }
        return Page(name="report", values=values, status=422 if sentence else 200)

    @property
    def _texts(self) -> Texts:
        return self.knows.content.texts

    async def again(self, draft: Draft, refusal: Refusal) -> Page:
        """The first page with everything she wrote and the files that are still held. A form that was
        handed in and then altered gets a token of its own: sent on, it is a new report."""
        held = [each for each in await self._held(draft) if each]
        kept, sentence = replace(draft, told="").with_files(held), self._texts.refused(refusal)
        if isinstance(refusal, KeyUsed):
            texts = self.knows.content.texts
            kept, sentence = replace(kept, token=new_token()), texts("report.form_again")
            if len(held) < len(draft.blobs):  # they went along with the first
                sentence += texts("report.files_again")
        return self.first(kept, sentence)

    async def onward(self, draft: Draft, files: Sequence[UploadFile]) -> Page:
        """The next page: what is still to be asked, who will read it, or the receipt. Raises a
        `Refusal` and has lost nothing then."""
        fresh, refused = await hold_from_a_page(
            self.office, files, len(draft.blobs), caller=self.caller
        )
        draft = replace(
            draft,
            blobs=(*draft.blobs, *(each.blob for each in fresh)),
            sums=(*draft.sums, *(each.sha256 for each in fresh)),
        )
        if refused:
            return self.first(draft, refused)
        if not draft.story.strip() and not draft.blobs:
            raise BadInput("还没有说是什么事。一句话、一张照片、一段录音都行。", "nothing-told")
        facts = self.knows.facts(bounded(draft.story), today=self._today)
        if draft.identity == CUT:
            draft = replace(draft, story=without(draft.story, facts.identity), identity=KEEP)
            facts = self.knows.facts(draft.story, today=self._today)
        alarm = self._alarm(draft, facts)
        if (draft.told or alarm) and (receipt := await self.office.intake.answered(draft.once)):
            # a second press, whatever changed meanwhile
            return self._receipt(receipt, alarm or self._report(draft, facts))
        if alarm:
            return await self._filed(draft, alarm)
        asked = self._still_to_ask(draft, facts)
        if asked:
            calls = self.knows.is_despair(draft.story)
            values = {**asked, "typed": draft, "promise": self.promise, "despair": calls}
            return Page(name="check", values=values)
        report = self._report(draft, facts)
        if not draft.told:
            return await self._readers(draft, report)
        try:
            return await self._filed(draft, replace(report, told=draft.told))
        except ReadersChanged as changed:
            return await self._readers(draft, report, self._texts.refused(changed))

    def _alarm(self, draft: Draft, facts: Facts) -> Report | None:
        """What is filed before anything is asked: a threat, or a house that may come down."""
        code, county = self._typed_place(draft)
        if draft.pressed or self.knows.is_threat(draft.story):
            return replace(threat(draft.story.strip(), facts), county=county, place=code)
        if draft.urgent or facts.kind is Kind.URGENT:
            return in_danger(draft.story.strip(), facts, county, code)
        return None

    async def _filed(self, draft: Draft, report: Report) -> Page:
        attachments = await self._attached(draft)
        await self.office.gate.admit(Passing.REPORT, caller=self.caller)
        receipt = await self.office.intake.file(
            replace(report, attachments=attachments, channel=CHANNEL, once=draft.once)
        )
        return self._receipt(receipt, report)

    def _still_to_ask(self, draft: Draft, facts: Facts) -> dict[str, Any]:
        """The questions of the second page, empty when they were answered or none is needed."""
        texts, gazetteer = self.knows.content.texts, self.knows.gazetteer
        asked: dict[str, Any] = {}
        if facts.identity and not draft.identity:
            asked["identity"] = texts.quoted(facts.identity)
        heard = facts.place.code
        if heard and not draft.heard and not self._typed_place(draft)[0]:
            asked["heard"] = gazetteer.full_name(heard)
        if may_accuse(facts):
            if draft.who == "above" and not draft.above:
                asked["above"] = True
            elif not draft.close or not self._about(
                draft, facts
            ):  # not yet, or she denied them all
                named = () if draft.denied else facts.accused
                asked["named"] = [called(texts, each) for each in named]
        if not asked:
            return {}
        groups = {"identity": (CUT, KEEP), "who": tuple(WHO), "above": tuple(ABOVE), "close": CLOSE}
        choices = {group: options(texts, group, each) for group, each in groups.items()}
        return {
            "identity": "",
            "heard": "",
            "named": None,
            "above": False,
            **asked,
            "choices": choices,
        }

    def _report(self, draft: Draft, facts: Facts) -> Report:
        code, county = self._typed_place(draft)
        if not code and draft.heard == YES:
            code, county = facts.place.code, facts.place.county
        about, also = self._about(draft, facts), may_accuse(facts) and draft.office == YES
        made = make(draft.story.strip(), replace(facts, accused=about), county, code, "", also)
        near = floor_by(draft.close) if in_the_village(about) else ""
        return replace(made, floor=draft.floor if draft.floor == "city" else near)

    def _about(self, draft: Draft, facts: Facts) -> tuple[Accused, ...]:
        """Everybody named but whom she says it is not, and whom she chose."""
        kept = [a for n, a in enumerate(facts.accused, start=1) if str(n) not in draft.denied]
        roles = ABOVE.get(draft.above, ()) if draft.who == "above" else WHO.get(draft.who, ())
        return tuple(dict.fromkeys((*kept, *(Accused(role=role) for role in roles))))

    def _typed_place(self, draft: Draft) -> tuple[str, str]:
        """(most precise code, county code) of what she typed or chose, '' where it is neither."""
        gazetteer = self.knows.gazetteer
        found = gazetteer.search(bounded(draft.place)) if draft.place.strip() else ()
        code = found[0][0] if len(found) == 1 else ""
        if len(code) < 6:
            code = draft.county if draft.county in gazetteer else ""
        return code, code[:6]

    async def _readers(self, draft: Draft, report: Report, sentence: str = "") -> Page:
        way = await self.office.intake.way(report)
        readers = Readers.of(way, report, self.office.content.organisation)
        lines = lines_read_back(self.knows, report, len(draft.blobs))
        values = {
            "readers": readers, "lines": lines, "typed": draft, "sentence": sentence,
            "promise": self.promise, "despair": self.knows.is_despair(draft.story),
        }  # fmt: skip
        return Page(name="readers", values=values, status=409 if sentence else 200)

    def _receipt(self, receipt: Receipt, report: Report) -> Page:
        danger, threat = report.kind is Kind.URGENT, report.category == "leak.reporter"
        said = receipt_page(
            self._texts, receipt, danger=danger, threat=threat, placeless=not report.county,
            despair=self.knows.is_despair(report.text),
        )  # fmt: skip
        return Page(name="receipt", values=said)

    async def _held(self, draft: Draft) -> list[Attachment | None]:
        async with self.office.reading() as reading:
            return [await reading.blobs.held(blob) for blob in draft.blobs]

    async def _attached(self, draft: Draft) -> tuple[Attachment, ...]:
        held = await self._held(draft)
        if None in held:
            raise BadInput("刚才的照片或录音没有存住,请再发一次。", "file.lost")
        return tuple(each for each in held if each)


def chosen(files: Sequence[UploadFile]) -> list[UploadFile]:
    """Those that are files: a field in which nothing was chosen is sent too."""
    return [each for each in files if each.filename or each.size]


async def hold(
    office: Office, contents: Sequence[bytes], have: int, *, caller: str
) -> tuple[list[Attachment], list[str]]:
    """(the files as they are held, a sentence for each of those sent that is not among them). One that
    cannot be taken keeps none of the others out; files have numbers here, their names are hers."""
    texts = office.content.texts
    held, refused = list[Attachment](), list[str]()
    for n, content in enumerate(contents, start=1):
        try:
            if have + len(held) >= MOST_FILES:
                raise too_many_files()
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


def receipt_page(
    texts: Texts,
    told: Told,
    *,
    danger: bool = False,
    threat: bool = False,
    despair: bool = False,
    placeless: bool = False,
    goes_on: bool = False,
    refused: Sequence[str] = (),
) -> dict[str, Any]:
    """What a receipt's page says, as plain values; `goes_on` when the talk has one more question,
    `refused` which of the files beside it were not taken."""
    return {
        "code": shown(told.code), "spoken": texts.aloud(told.code), "due": texts.day(told.due),
        "readers": list(told.readers), "danger": danger, "threat": threat, "despair": despair,
        "placeless": placeless, "goes_on": goes_on, "refused": list(refused),
    }  # fmt: skip
