"""After a long silence in the middle of a report: she is asked before her words are taken for an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.reception.answering import Turns
from bot.reception.commanding import Commands
from bot.reception.driving import Driver
from bot.reception.hearing import Answered, heard
from bot.reception.outcomes import Reply, Step
from bot.talk import Ask, Plain
from casework.receipts import without_codes
from casework.shelves import Inbound, Talk
from nlp.assent import WILL, Sense

LONG_SILENCE = timedelta(hours=3)
RESUME = "resume"
GO_ON = Plain(WILL.to("接着", "继续", "接着说", "继续说"), {Sense.YES: "on"})


class Resuming:
    def __init__(self, driver: Driver, commands: Commands, turn: Turns) -> None:
        self._driver, self._commands, self._turn = driver, commands, turn

    def asks_first(self, message: Inbound, talk: Talk) -> bool:
        """Whether the silence was so long that she may have forgotten what was asked. A file or a danger
        waits for no question."""
        silence = self._driver.office.clock.now() - talk.at if talk.at else timedelta()
        is_cold = talk.begun.dialogue == "report" and silence > LONG_SILENCE
        return is_cold and not message.files and not self._driver.danger(message)

    def ask(self, talk: Talk) -> Step:
        asked = Reply(self._driver.texts("talk.resume.text"), self._options())
        return Step(replace(talk, asked=RESUME), (asked,))

    def question(self) -> Ask:
        return Ask(RESUME, "", self._options(), free=False, plain=GO_ON)

    def _options(self) -> tuple[tuple[str, str], ...]:
        return tuple((each, self._driver.texts(f"talk.resume.{each}")) for each in ("on", "anew"))

    async def resumed(self, message: Inbound, talk: Talk) -> Step:
        """On with what came meanwhile as the answer, or from the start."""
        asked = self.question()
        meant = heard(
            self._driver.knows, replace(message, files=()), talk, asked, self._driver.today
        )
        word = meant.meaning if isinstance(meant, Answered) else ""
        awake = replace(talk, asked=self._driver.replay(message, talk).key, unheard="", at=None)
        if word == "anew":
            return await self._commands.command("again", message, awake)
        if message.files or word == "on":
            on = message if message.files else replace(message, text=talk.unheard)
            return await self._turn(on, awake)
        unheard = f"{talk.unheard}\n{without_codes(message.text)}"
        return self.ask(replace(talk, unheard=unheard))
