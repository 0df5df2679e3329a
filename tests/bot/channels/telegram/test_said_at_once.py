"""An album, a burst and a long text that the client cut are one message, and nothing of them is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.reception import Step
from bot.reception.bundles import SURELY_CUT
from casework.receipts import find_code
from casework.shelves import Inbound
from tests.bot.channels.telegram.conftest import Account
from tests.bot.channels.telegram.peer import message
from tests.bot.conftest import A_PHOTO, filed, folder_of
from tests.offices import UNDERSTANDING

TEXTS = UNDERSTANDING.content.texts
SHE = 7001
#: Ends whatever was said at once, so that no test waits for the clock.
ENDS = "帮助"
STORY = "支书收了俺3000块钱手续费"


@pytest.fixture
async def patient(account: Account) -> Account:
    """One that waits for more as long as it takes."""
    account.poller.queue.pace = replace(
        account.poller.queue.pace, breath=60, longest=60, reading=60
    )
    account.platform.files = {name: A_PHOTO for name in "abc"}
    return account


async def told(account: Account) -> list[str]:
    """What she hears to all that came, but for the help she asked at its end."""
    before = len(account.platform.heard_by(SHE))
    account.platform.says(SHE, ENDS)
    await account.all_done()
    return account.platform.heard_by(SHE)[before:-1]


async def handed_in(account: Account) -> str:
    """The report as its sender reads it by her code."""
    for text in ("鲁山县", "去年", "对", "要", "没有", "没有了", "提交"):
        account.platform.says(SHE, text)
        await account.all_done()
    code = next(filter(None, map(find_code, account.platform.heard_by(SHE))))
    key = await account.office.locks.code(code, caller="")
    async with account.office.reading() as reading:
        return (await reading.mailboxes.open(key)).letters[0].text


async def test_an_album_is_one_message_with_all_its_photos(patient: Account) -> None:
    for n, name in enumerate("abc"):
        more = {"caption": STORY} if n == 0 else {}
        photo = [{"file_id": name}]
        patient.platform.brings(
            {"message": message(SHE, photo=photo, media_group_id="9", message_id=n + 2, **more)}
        )

    said = await told(patient)

    assert said == [TEXTS("promise.telegram"), TEXTS("report.where")]
    assert STORY in await handed_in(patient)
    (ticket,) = await filed(patient.office)
    assert len((await folder_of(patient.office, ticket.number)).attachments) == 3


async def test_a_burst_is_answered_once(patient: Account) -> None:
    patient.platform.says(SHE, "反映")
    await patient.answers(SHE, TEXTS("report.what")[:4])
    lines = (STORY, "说是给县里跑手续用的", "俺们组十几户都交了")
    for line in lines:
        patient.platform.says(SHE, line)

    said = await told(patient)

    assert len(said) == 1, said
    story = await handed_in(patient)
    assert all(line in story for line in lines)


async def test_what_the_client_cut_is_whole_in_the_report(patient: Account) -> None:
    whole = STORY + "。" + "收条都在俺手里一张也没丢," * 350
    patient.platform.says(SHE, "反映")
    await patient.answers(SHE, TEXTS("report.what")[:4])
    patient.platform.says(SHE, whole[: SURELY_CUT + 41])
    patient.platform.says(SHE, whole[SURELY_CUT + 41 :])

    said = await told(patient)

    assert len(said) == 1, said
    story = await handed_in(patient)
    assert whole in story


async def test_where_it_cannot_be_heard_as_one_each_is_heard_by_itself(patient: Account) -> None:
    class House(type(patient.reception)):  # type: ignore[misc]  # the very class in use
        async def heard(self, message: Inbound) -> Step:
            if "\n" in message.text:
                raise ZeroDivisionError
            step: Step = await super().heard(message)
            return step

    patient.reception.__class__ = House
    patient.platform.says(SHE, "反映")
    await patient.answers(SHE, TEXTS("report.what")[:4])
    for line in (STORY, "俺们组十几户都交了"):
        patient.platform.says(SHE, line)

    said = await told(patient)

    assert len(said) == 2, said
    assert await patient.reception.left("telegram") == []


async def test_what_another_process_answered_meanwhile_is_not_answered_again_and_the_rest_is(
    patient: Account,
) -> None:
    class House(type(patient.reception)):  # type: ignore[misc]  # the very class in use
        async def heard(self, message: Inbound) -> Step:
            if "\n" in message.text:
                (first, *_) = await self.left("telegram")
                async with self.office.files() as files:
                    await files.talks.done(first)
            step: Step = await super().heard(message)
            return step

    patient.reception.__class__ = House
    patient.platform.says(SHE, "反映")
    await patient.answers(SHE, TEXTS("report.what")[:4])
    patient.platform.says(SHE, "说是给县里跑手续用的")
    patient.platform.says(SHE, STORY)

    said = await told(patient)

    assert len(said) == 1, said
    story = await handed_in(patient)
    assert STORY in story
    assert await patient.reception.left("telegram") == []


async def test_an_edit_of_one_part_takes_no_other_away(patient: Account) -> None:
    patient.platform.says(SHE, "反映")
    await patient.answers(SHE, TEXTS("report.what")[:4])
    for number, line in ((21, STORY), (22, "俺们组十几户都交了")):
        patient.platform.brings({"message": message(SHE, text=line, message_id=number)})
    await told(patient)
    edited = message(SHE, text="支书收了俺300块", message_id=21, edit_date=2)
    patient.platform.brings({"edited_message": edited})
    await patient.all_done()

    assert patient.platform.heard_by(SHE).count(TEXTS("talk.edited_too_late")) == 1
    story = await handed_in(patient)
    assert STORY in story
    assert "十几户" in story
