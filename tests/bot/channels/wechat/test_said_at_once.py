"""Photos come one by one within a second: they are one message, answered on the last one's line."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from bot.channels.wechat.errors import note_name
from casework.receipts import find_code
from tests.bot.channels.conftest import QUICK
from tests.bot.channels.wechat.phone import Phone, Service, account
from tests.bot.channels.wechat.stand_in import StandIn, stand_in
from tests.bot.conftest import A_PHOTO, filed, folder_of
from tests.offices import CONTENT, TestOffice
from tests.waiting import eventually

#: As long as it takes; another kind of message ends it.
PATIENT = replace(QUICK, breath=60.0, longest=60.0)
N = 9


async def nine_photos(service: Service, phone: Phone, platform: StandIn) -> list[str]:
    """What comes back on each photo's line, and on the line of the word after them."""
    platform.files = {f"p{n}": A_PHOTO for n in range(N)}

    async def are_here(count: int) -> bool:
        return len(service.answering.queue.waiting(phone.openid)) >= count

    posts, first = [], ""
    for n in range(N):
        raw = phone.message("image", MediaId=f"p{n}", PicUrl="http://127.0.0.1/p")
        first = first or raw
        posts.append(asyncio.create_task(phone.posts(raw)))
        await eventually(partial(are_here, n + 1))
    last = await phone.says("帮助")
    async with asyncio.timeout(30):  # a repetition is not kept waiting for what will never come
        assert phone.read(await phone.posts(first)) == ""
    return [*[phone.read(await post) for post in posts], last]


async def test_nine_photos_are_one_message_and_one_answer(small_office: TestOffice) -> None:
    async with stand_in() as platform, account(
        small_office, platform.url, pace=PATIENT, patience=60
    ) as service:  # fmt: skip
        phone = service.phone(sealed=True)
        await phone.says("反映")

        *lines, last, _ = await nine_photos(service, phone, platform)

        assert lines == [""] * (N - 1)
        assert last.startswith(CONTENT.texts("report.what_of_it").split("{")[0][:4])
        for text in (
            "支书叫俺每户交300块钱手续费,在鲁山县", "去年", "对", "要", "没有", "没有了",
        ):  # fmt: skip
            await phone.says(text)
        assert find_code(await phone.says("提交"))
    (ticket,) = await filed(small_office)
    assert len((await folder_of(small_office, ticket.number)).attachments) == N


async def test_an_account_that_may_not_write_says_nothing_of_being_late_on_the_others_lines(
    small_office: TestOffice,
) -> None:
    """All is said on the last line; "still at work" on the eight before it would not be true."""
    async with small_office.files() as files:
        await files.counters.ran(note_name(48001), at=small_office.clock.now())
    async with stand_in() as platform, account(
        small_office, platform.url, pace=PATIENT, patience=60
    ) as service:  # fmt: skip
        phone = service.phone()
        await phone.says("反映")

        *lines, last, _ = await nine_photos(service, phone, platform)

    assert lines == [""] * (N - 1)
    assert last
