"""Words that work everywhere, whatever waits: 返回, 人工, 取消."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogues.outcomes import Unsubscribe
from bot.reception.beginning import begin, begin_a_report, nothing_waits
from bot.reception.driving import Driver
from bot.reception.outcomes import Reply, Step, menu
from bot.talk import Ask
from casework.shelves import Inbound, Talk

#: The question whether she means the whole report.
STOP = "stop"
#: Talks in which something is told that is registered nowhere yet.
UNFILED = ("report", "danger")


class Commands:
    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def command(self, verb: str, message: Inbound, talk: Talk) -> Step:
        texts = self._driver.texts
        match verb:
            case "back" if talk.waits:
                return await self._one_back(message, talk)
            case "again" if talk.waits:
                return await self._driver.drive(message, replace(talk, said=(), looks=(), asked=""))
            case "human" | "phone":
                return await self.whom(_county_in(talk) or message.place[:6], message, talk)
            case "help":
                return Step(talk, (Reply(texts("help.words")),))
            case "enough" if talk.asked != STOP and _would_be_lost(talk):
                return self.ask_whether_to_stop(talk)
            case "cancel" | "enough":
                return self.drop(talk)
            case "ask":
                return Step(None, (Reply(texts("ask.go")),))
            case "status":
                return await self._driver.ask_after(message)
            case "training":
                return await self._driver.drive(message, begin(message, verb))
            case "report":
                return await self._driver.drive(message, begin_a_report(message, ""))
            case "unsubscribe":
                return await self._driver.outcomes.carried_out(message, Unsubscribe())
            case _:
                promise = self._driver.promise(message.channel)
                return Step(None, (Reply(texts("greeting", promise=promise)), menu(texts)))

    def drop(self, talk: Talk) -> Step:
        """Nothing of it is kept."""
        texts = self._driver.texts
        unfiled = talk.begun.dialogue in UNFILED
        told = texts("talk.cancelled_report" if unfiled else "talk.cancelled")
        return Step(None, (Reply(told), menu(texts)), dropped=True)

    def ask_whether_to_stop(self, talk: Talk) -> Step:
        """算了 may mean the report, or the question that stands there."""
        asked = Reply(self._driver.texts("talk.stop.text"), self._stop_options(), asked=STOP)
        return Step(replace(talk, asked=STOP), (asked,))

    def stop_question(self) -> Ask:
        return Ask(STOP, "", self._stop_options(), free=False)

    def _stop_options(self) -> tuple[tuple[str, str], ...]:
        return tuple((each, self._driver.texts(f"talk.stop.{each}")) for each in ("yes", "on"))

    async def _one_back(self, message: Inbound, talk: Talk) -> Step:
        """The last question again; words that go with it are named."""
        step = await self._driver.drive(message, talk.one_back())
        last = talk.said[-1] if talk.said else None
        if last is None or last.key:
            return step
        return step.after(Reply(self._driver.texts("talk.taken_back", words=last.meaning)))

    async def whom(self, county: str, message: Inbound, talk: Talk) -> Step:
        """Whom to call in this county; the talk stays where it was."""
        whom = Reply(self._driver.contacts(county))
        if talk.waits:
            return (await self._driver.drive(message, talk)).after(whom)
        here = replace(message, place=county or message.place)
        return Step(nothing_waits(here), (whom, menu(self._driver.texts)))


def _would_be_lost(talk: Talk) -> bool:
    return talk.begun.dialogue in UNFILED and bool(talk.begun.text or talk.said or talk.files)


def _county_in(talk: Talk) -> str:
    """The county that was found in this talk, else where she is."""
    codes = [each.meaning[:6] for each in talk.said if each.key.startswith("which")]
    found = [code for code in codes if code.isdigit()]
    return found[0] if found else talk.begun.place[:6]
