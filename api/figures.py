"""Entering and approving a county's figures, for the desk's page and for programs alike."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.front import Front
from casework.county import County
from casework.ports import Keyring
from casework.refusals import BadInput, NotAllowed
from casework.workdays import day_of
from library.changes import Change
from library.counties import Form, Outcome, approved, change_of, filled
from library.layers import Layers
from library.live import Live
from library.reading import counties_of


@dataclass(frozen=True)
class Figures:
    """The counties' figures as they are now, and what staff may do to them."""

    live: Live

    def of(self, front: Front, ring: Keyring, code: str) -> County:
        """What is entered of a county that this person may enter figures for. Raises `BadInput`,
        `NotAllowed`."""
        if code not in front.understanding.gazetteer or len(code) != 6:
            raise BadInput("没有这个县。")
        if not front.content.organisation.may_enter(ring.person.unit, code):
            raise NotAllowed("这个县的数,由它自己和上级住建部门的人填。")
        return self._now(front, self.live.layers, code)

    async def enter(self, front: Front, ring: Keyring, code: str, form: Form) -> Outcome:
        """What is right is in force at once; what is not comes back with its sentence."""
        outcome = Outcome(county=self.of(front, ring, code))

        def make(layers: Layers) -> Change:
            nonlocal outcome
            county, today = self._now(front, layers, code), day_of(front.now())
            outcome = filled(county, form, by=ring.person.id, today=today)
            return change_of(outcome.county) if outcome.changed else Change(files={})

        await asyncio.to_thread(self.live.change, make, front.now())
        return outcome

    async def approve(
        self, front: Front, ring: Keyring, code: str, shown: Mapping[str, str]
    ) -> None:
        """A second person's word for the boxes as he was shown them: all of them, or none. Raises
        `BadInput` where one reads otherwise by now, `NotAllowed` for his own."""
        self.of(front, ring, code)

        def make(layers: Layers) -> Change:
            county = self._now(front, layers, code)
            for key, value in shown.items():
                county = approved(county, key, value, by=ring.person.id)
            return change_of(county) if shown else Change(files={})

        await asyncio.to_thread(self.live.change, make, front.now())

    def _now(self, front: Front, layers: Layers, code: str) -> County:
        """Outside the demo nobody goes on from invented figures."""
        county = counties_of(layers).get(code, County(code=code))
        return replace(county, demo=False, facts={}) if county.demo and not front.demo else county
