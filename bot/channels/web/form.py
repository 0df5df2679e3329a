"""The form: her story on one page, then what was understood, then who will read it, then 提交.

No cookie: what was written so far travels in hidden fields of her own page, files as the names under
which they are held. Nothing is filed before she has seen, by name, who will read it, but for a threat
against her and a house that may come down: those are filed at once, and the receipt names the readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.datastructures import UploadFile

from bot.channels.web import CHANNEL
from bot.channels.web.draft import CUT, KEEP, YES, Draft
from bot.channels.web.files import still_held
from bot.channels.web.receipt import as_shown
from bot.channels.web.sent import new_token
from bot.dialogues.choices import NONE, options
from bot.dialogues.report import in_danger, lines_read_back, make, of_her_house, threat
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
from casework.refusals import BadInput, KeyUsed, ReadersChanged, Refusal
from casework.reports import (
    Accused,
    Attachment,
    Facts,
    Receipt,
    Report,
    bounded,
)
from casework.tickets import Kind
from casework.workdays import day_of
from nlp.identity import without
from nlp.understanding import Understanding


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
        held = await still_held(self.office, draft.blobs)
        kept, sentence = replace(draft, told="").with_files(held), self._texts.refused(refusal)
        if isinstance(refusal, KeyUsed):
            kept, sentence = replace(kept, token=new_token()), self._texts("report.form_again")
            if len(held) < len(draft.blobs):  # they went along with the first
                sentence += self._texts("report.files_again")
        return self.first(kept, sentence)

    async def onward(self, draft: Draft, files: Sequence[UploadFile]) -> Page:
        """The next page: what is still to be asked, who will read it, or the receipt. Raises a
        `Refusal` and has lost nothing then."""
        draft, refused = await draft.with_sent(self.office, files, caller=self.caller)
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
            values = {
                **asked, "typed": draft, "promise": self.promise, "despair": calls,
                "her_house": of_her_house(self.knows, facts),
            }  # fmt: skip
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
        elif misspelt := self._misspelt_place(draft):
            asked["places"] = (*misspelt, (NONE, texts("report.none_of_these")))
        if may_accuse(facts):
            if draft.who == "above" and not draft.above:
                asked["above"] = True
            # Not said yet, or she denied everybody.
            elif not draft.close or not self._about(draft, facts):
                named = () if draft.denied else facts.accused
                asked["named"] = [called(texts, each) for each in named]
        if not asked:
            return {}
        groups = {"identity": (CUT, KEEP), "who": tuple(WHO), "above": tuple(ABOVE), "close": CLOSE}
        choices = {group: options(texts, group, each) for group, each in groups.items()}
        return {
            "identity": "",
            "heard": "",
            "places": (),
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
        if len(code) < 6 or gazetteer.sounding_like(bounded(draft.place)):
            code = draft.county if draft.county in gazetteer else ""
        return code, code[:6]

    def _misspelt_place(self, draft: Draft) -> tuple[tuple[str, str], ...]:
        """The places that what she typed, or else what she told, may mean by a county it misspells."""
        if draft.county:
            return ()
        gazetteer = self.knows.gazetteer
        typed = gazetteer.sounding_like(bounded(draft.place))
        return typed or gazetteer.sounding_in(draft.story)

    async def _readers(self, draft: Draft, report: Report, sentence: str = "") -> Page:
        way = await self.office.intake.way(report)
        readers = Readers.of(way, report, self.office.content.organisation)
        lines = lines_read_back(self.knows, report, len(draft.blobs))
        values = {
            "readers": readers, "lines": lines, "typed": draft, "sentence": sentence,
            "promise": self.promise, "despair": self.knows.is_despair(draft.story),
            "her_house": "" if draft.answered_for else of_her_house(self.knows, report.facts),
        }  # fmt: skip
        return Page(name="readers", values=values, status=409 if sentence else 200)

    def _receipt(self, receipt: Receipt, report: Report) -> Page:
        danger, threat = report.kind is Kind.URGENT, report.category == "leak.reporter"
        said = as_shown(
            self._texts, receipt, danger=danger, threat=threat, placeless=not report.county,
            despair=self.knows.is_despair(report.text),
        )  # fmt: skip
        return Page(name="receipt", values=said)

    async def _attached(self, draft: Draft) -> tuple[Attachment, ...]:
        held = await still_held(self.office, draft.blobs)
        if len(held) < len(draft.blobs):
            raise BadInput("刚才的照片或录音没有存住,请再发一次。", "file.lost")
        return tuple(held)
