"""Words that work everywhere, whatever waits: 返回, 人工, 取消."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogues.outcomes import Unsubscribe
from bot.reception.beginning import begin, begin_a_report, nothing_waits
from bot.reception.driving import Driver
from bot.reception.outcomes import Reply, Step, menu
from casework.shelves import Inbound, Talk


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
            case "cancel":
                unfiled = talk.begun.dialogue in ("report", "danger")
                told = texts("talk.cancelled_report" if unfiled else "talk.cancelled")
                return Step(None, (Reply(told), menu(texts)))
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


def _county_in(talk: Talk) -> str:
    """The county that was found in this talk, else where she is."""
    codes = [each.meaning[:6] for each in talk.said if each.key.startswith("which")]
    found = [code for code in codes if code.isdigit()]
    return found[0] if found else talk.begun.place[:6]
