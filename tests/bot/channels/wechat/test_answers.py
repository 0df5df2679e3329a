"""Five seconds on the line: one stored answer, and what happens when the work takes longer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.channels.wechat.errors import note_name
from bot.channels.wechat.speaking import MOST_BUBBLES
from bot.reception import MOST_TRIES, Pace, Reception, Reply, Step
from casework.receipts import find_code, shown
from casework.shelves import Craftsman, Inbound
from storage.schema import inbound
from tests.bot.channels.conftest import QUICK
from tests.bot.channels.wechat.phone import OPENID, Phone, Service, account
from tests.bot.channels.wechat.stand_in import StandIn, stand_in
from tests.bot.conftest import A_PHOTO, A_VOICE, folder_of, log_size
from tests.offices import CONTENT, UNDERSTANDING, TestOffice, knowing
from tests.waiting import eventually

BRIBE = "支书叫俺每户交300块钱手续费"
QUESTION = "俺家危房能补多少钱"
SHORT = 0.3


@pytest.fixture
async def platform() -> AsyncIterator[StandIn]:
    async with stand_in() as made:
        yield made


@pytest.fixture
async def service(small_office: TestOffice, platform: StandIn) -> AsyncIterator[Service]:
    async with account(small_office, platform.url) as made:
        yield made


@pytest.fixture
def phone(service: Service) -> Phone:
    return service.phone(sealed=True)


class Waiting(Reception):
    """A reception that thinks until it is let go."""

    def __init__(self, office: TestOffice) -> None:
        super().__init__(office.office, knowing)
        self.go, self.turns = asyncio.Event(), 0

    async def is_thinking(self) -> bool:
        return self.turns > 0

    async def heard(self, message: Inbound) -> Step:
        self.turns += 1
        await self.go.wait()
        return await super().heard(message)


class Stumbling(Reception):
    """A reception that breaks, until it is repaired."""

    broken = True

    async def turn(self, message: Inbound, talk: Any) -> Step:
        if self.broken:
            raise ZeroDivisionError
        return await super().turn(message, talk)


class Talkative(Reception):
    """A reception whose answer is longer than a WeChat message."""

    async def heard(self, message: Inbound) -> Step:
        return Step(None, (Reply("\n".join(f"第{n}行,很长很长的一行" for n in range(150))),))


async def test_a_whole_report_by_wechat(office: TestOffice, platform: StandIn) -> None:
    platform.files["photo-1"] = A_PHOTO
    async with account(office, platform.url) as service:
        phone = service.phone(sealed=True)

        greeting = await phone.does("subscribe", EventKey="")
        asked = [await phone.does("CLICK", EventKey="report")]
        for text in ("支书叫俺每户交300块钱手续费,在鲁山县", "去年", "对", "1", "没有"):
            asked.append(await phone.says(text))
        asked.append(await phone.sends("image", MediaId="photo-1", PicUrl="http://127.0.0.1/p"))
        asked.append(await phone.says("没有了"))
        receipt = await phone.says("提交")
        code = find_code(receipt)
        await service.pumped()
        told = [text for _, text in platform.said]
        status = await phone.says(code)

    assert "微信是实名的" in greeting
    assert "微信是实名的" in asked[0]
    assert "微信是实名的" in asked[-1]
    assert "收到1个了" in asked[6]
    assert "照片、录音:1个" in asked[-1]
    assert code
    assert receipt == shown(code), "on the line, and alone: what must not be lost, and is copied"
    assert len(told) <= MOST_BUBBLES - 1
    assert "登记好了" in told[0]
    assert "48小时" in told[-1]
    assert "回一个“查”" in told[-1]
    assert "您的反映还在" in status
    assert await log_size(office) == 1
    assert len(platform.said) == len(told)  # all else went on the line, and spent none of the five


async def test_an_account_that_may_not_write_says_all_of_a_receipt_on_the_line(
    office: TestOffice,
) -> None:
    async with account(office) as service:
        phone = service.phone()
        said = ("支书叫俺每户交300块钱手续费,在鲁山县", "去年", "对", "1", "没有", "没有了", "提交")
        for text in said:
            receipt = await phone.says(text)

    assert find_code(receipt)
    assert "登记好了" in receipt
    assert "长按这个对话" in receipt


async def test_before_a_report_another_way_is_offered_that_knows_nothing_of_her(
    small_office: TestOffice,
) -> None:
    page = "https://house.invalid"
    reception = Reception(small_office.office, knowing, web=page)
    async with account(small_office, reception=reception) as service:
        phone = service.phone()
        greeting, before = await phone.does("subscribe", EventKey=""), await phone.says("反映")

    for told in (greeting, before):
        assert "微信是实名的" in told
        assert re.findall(r"https?://\S*", told) == [page]


async def test_the_photo_of_a_report_is_sealed_with_it(service: Service, platform: StandIn) -> None:
    platform.files["p"] = A_PHOTO
    phone = service.phone()

    await phone.sends("image", MediaId="p", PicUrl="http://127.0.0.1/p")
    for text in ("房顶漏雨,在鲁山县,施工队不管", "上个月", "没有了", "提交"):
        answer = await phone.says(text)

    assert answer == shown(find_code(answer) or "")
    from tests.bot.conftest import filed

    (ticket,) = await filed(service.office)
    assert len((await folder_of(service.office, ticket.number)).attachments) == 1


async def test_the_platforms_two_retries_get_the_same_answer(phone: Phone) -> None:
    raw = phone.message("text", Content=QUESTION)

    answers = [phone.read(await phone.posts(raw)) for _ in range(3)]

    assert answers[0]
    assert len(set(answers)) == 1


async def test_a_retry_of_提交_files_nothing_twice(service: Service, phone: Phone) -> None:
    for text in ("支书叫俺每户交300块钱手续费,在鲁山县", "去年", "对", "1", "没有", "没有了"):
        await phone.says(text)
    raw = phone.message("text", Content="提交")

    answers = [phone.read(await phone.posts(raw)) for _ in range(3)]

    assert find_code(answers[0])
    assert len(set(answers)) == 1
    assert await log_size(service.office) == 1


async def test_an_event_without_a_number_is_told_apart_by_sender_and_second(
    service: Service, phone: Phone
) -> None:
    raw = phone.message("event", Event="CLICK", EventKey="report")

    first = phone.read(await phone.posts(raw))
    await phone.says("取消")
    again = phone.read(await phone.posts(raw))
    other = await service.phone(openid="o-another").sends("event", Event="CLICK", EventKey="status")

    assert first == again
    assert "编号" in other


async def test_repetitions_side_by_side_are_one_turn(
    small_office: TestOffice, platform: StandIn
) -> None:
    slow = Waiting(small_office)
    async with account(small_office, platform.url, reception=slow) as service:
        phone = service.phone(sealed=True)
        raw = phone.message("text", Content=QUESTION)
        posts = [asyncio.create_task(phone.posts(raw)) for _ in range(3)]
        await asyncio.sleep(0.3)
        slow.go.set()

        answers = {phone.read(await post) for post in posts}

    assert slow.turns == 1
    assert len(answers) == 1
    assert "别处的例子:" in answers.pop()


async def test_work_that_takes_too_long_is_acknowledged_and_continued(
    small_office: TestOffice, platform: StandIn
) -> None:
    slow = Waiting(small_office)
    async with account(small_office, platform.url, patience=SHORT, reception=slow) as service:
        phone = service.phone(sealed=True)
        raw = phone.message("text", Content=QUESTION)

        on_the_line = [phone.read(await phone.posts(raw)) for _ in range(2)]
        slow.go.set()
        await service.answering.close()
        after = phone.read(await phone.posts(raw))
        await service.pumped()

    assert on_the_line == ["", ""]
    assert after == ""
    ((person, text),) = platform.said
    assert person == OPENID
    assert "别处的例子:" in text
    assert "\n1 有用" in text


async def test_without_an_interface_a_late_answer_is_told_at_the_next_message(
    small_office: TestOffice,
) -> None:
    slow = Waiting(small_office)
    async with account(small_office, patience=SHORT, reception=slow) as service:
        phone = service.phone()

        on_the_line = await phone.says(QUESTION)
        slow.go.set()
        await service.answering.close()
        next_time = await phone.says("帮助")
        after = await phone.says("帮助")

    assert "还在办" in on_the_line
    assert next_time.startswith("上次还没来得及告诉您的")
    assert "别处的例子:" in next_time
    assert next_time.endswith(after)


async def test_an_account_that_may_not_write_tells_late_answers_at_the_next_message(
    small_office: TestOffice, platform: StandIn
) -> None:
    async with small_office.files() as files:
        await files.counters.ran(note_name(48001), at=small_office.clock.now())
    slow = Waiting(small_office)
    async with account(small_office, platform.url, patience=SHORT, reception=slow) as service:
        phone = service.phone()

        on_the_line = await phone.says(QUESTION)
        slow.go.set()
        await service.answering.close()
        await service.pumped()
        next_time = await phone.says("帮助")

    assert "还在办" in on_the_line
    assert platform.tried == 0
    assert "别处的例子:" in next_time


async def test_a_long_answer_begins_on_the_line_and_goes_on_after_it(
    small_office: TestOffice, platform: StandIn
) -> None:
    reception = Talkative(small_office.office, knowing)
    async with account(small_office, platform.url, reception=reception) as service:
        first = await service.phone(sealed=True).says("说吧")
        await service.pumped()

    lines = [
        line for text in (first, *(text for _, text in platform.said)) for line in text.split("\n")
    ]
    assert len(platform.said) >= 2
    assert lines == [f"第{n}行,很长很长的一行" for n in range(150)]


async def test_what_a_dead_process_left_is_answered_by_the_next(
    small_office: TestOffice, platform: StandIn
) -> None:
    dying = Waiting(small_office)
    at_once = replace(QUICK, stopping=0.0)
    async with account(
        small_office, platform.url, patience=SHORT, reception=dying, pace=at_once
    ) as service:
        phone = service.phone()
        raw = phone.message("text", Content=QUESTION)
        lost = asyncio.create_task(phone.posts(raw))
        await eventually(dying.is_thinking)
        await service.answering.close()
        await asyncio.gather(lost, return_exceptions=True)
        small_office.clock.wait(seconds=Pace().left_behind + 1)

    async with account(small_office, platform.url) as service:
        answered = await service.answering.queue.sweep()
        again = await service.answering.queue.sweep()
        await service.pumped()

    assert (answered, again) == (1, 0)
    assert "别处的例子:" in platform.said[0][1]


async def test_a_fault_of_ours_is_no_silence_and_no_loss(
    small_office: TestOffice, platform: StandIn
) -> None:
    reception = Stumbling(small_office.office, knowing)
    async with account(small_office, platform.url, reception=reception) as service:
        on_the_line = await service.phone().says(QUESTION)
        reception.broken = False
        small_office.clock.wait(seconds=90)
        answered = await service.answering.queue.sweep()
        await service.pumped()

    assert "您的话存下了" in on_the_line
    assert answered == 1
    assert "别处的例子:" in platform.said[0][1]


async def test_what_failed_here_is_tried_again_at_the_next_round(
    small_office: TestOffice, platform: StandIn
) -> None:
    """It need not be old for that."""
    reception = Stumbling(small_office.office, knowing)
    async with account(small_office, platform.url, reception=reception) as service:
        await service.phone().says(QUESTION)
        reception.broken = False

        assert await service.answering.queue.sweep() == 1
        await service.pumped()

    assert "别处的例子:" in platform.said[0][1]


async def test_where_a_process_died_with_the_line_open_the_answer_goes_another_way(
    small_office: TestOffice, platform: StandIn
) -> None:
    """Nobody stands on that line any more, and it was never closed."""
    asked = Inbound(
        channel="wechat", external_id="1", caller=OPENID, text=QUESTION, at=small_office.clock.now()
    )
    async with small_office.files() as files:
        await files.talks.take(asked)
        await files.replies.expect(asked)
        until = small_office.clock.now() + timedelta(hours=48)
        await files.windows.opened("wechat", OPENID, until=until, most=5)
    small_office.wait(seconds=Pace().left_behind + 1)

    async with account(small_office, platform.url) as service:
        await service.answering.queue.sweep()
        await service.pumped()

    assert "别处的例子:" in platform.said[0][1]


async def test_a_message_that_always_fails_is_parked_and_told(
    small_office: TestOffice, platform: StandIn
) -> None:
    answered = []
    for _ in range(MOST_TRIES):  # each time another process
        broken = Stumbling(small_office.office, knowing)
        async with account(small_office, platform.url, patience=SHORT, reception=broken) as service:
            if not answered:
                await service.phone().says(QUESTION)
            small_office.clock.wait(seconds=90)
            answered.append(await service.answering.queue.sweep())
            await service.pumped()

    assert answered == [1, 1, 0]
    assert [text for _, text in platform.said] == [CONTENT.texts("talk.parked")]
    async with small_office.reading() as reading:
        assert await reading.talks.parked() == {"wechat": 1}


async def test_when_the_store_is_away_nothing_is_claimed_to_be_kept(
    small_office: TestOffice, platform: StandIn
) -> None:
    async with account(small_office, platform.url) as service:
        phone = service.phone(sealed=True)
        await small_office.store.house.writer.dispose()
        (small_office.folder / "xiangsheng.db").rename(small_office.folder / "gone")
        (small_office.folder / "xiangsheng.db").mkdir()

        answer = await phone.says("支书收钱")

    assert "没有登记成功" in answer


async def test_messages_of_one_person_are_answered_in_their_order(
    service: Service, phone: Phone
) -> None:
    texts = ("反映", "房顶漏雨,在鲁山县,施工队不管", "上个月", "没有了")
    posts = []

    async def all_stored() -> bool:
        async with service.office.reading() as reading:
            stored = select(func.count()).select_from(inbound)
            return int((await reading.connection.execute(stored)).scalar_one()) == len(posts)

    for text in texts:
        posts.append(asyncio.create_task(phone.says(text)))
        await eventually(all_stored)

    answers = [await post for post in posts]

    assert "啥时候" in answers[1]
    assert "您看对不对" in answers[3]


async def test_two_houses_answer_one_person_in_turn(office: TestOffice) -> None:
    """Two processes over one store: a message waits until the one before it is answered."""
    slow = Waiting(office)
    async with account(office, reception=slow) as one, account(office) as other:
        phone = one.phone()
        first = asyncio.create_task(phone.posts(phone.message("text", Content=BRIBE)))
        await eventually(slow.is_thinking)
        raw = phone.message("text", Content="鲁山县")
        second = asyncio.create_task(other.http.post("/wechat", **phone.request(raw)))
        await asyncio.sleep(0.5)
        slow.go.set()

        answers = [phone.read(await first), phone.read(await second)]

    assert "是哪个县" in answers[0]
    assert "啥时候" in answers[1]


async def test_a_message_that_two_processes_work_on_is_answered_once(
    office: TestOffice, platform: StandIn
) -> None:
    """The worker takes a slow message for one that was left behind; both come to an end."""
    slow, rescuer = Waiting(office), Waiting(office)
    async with (
        account(office, platform.url, patience=SHORT, reception=slow) as one,
        account(office, platform.url, reception=rescuer) as other,
    ):
        await one.phone().says(BRIBE)
        office.wait(seconds=Pace().left_behind + 1)
        tidying = asyncio.create_task(other.answering.queue.sweep())
        await eventually(rescuer.is_thinking)
        rescuer.go.set()
        await tidying
        slow.go.set()
        await one.answering.close()
        await other.pumped()
        after = await one.phone(numbers=iter((77,))).says("鲁山县")

    assert [text.count("是哪个县") for _, text in platform.said] == [1]
    assert "啥时候" in after


async def test_a_process_that_starts_leaves_the_open_line_of_another_open(
    small_office: TestOffice,
) -> None:
    slow = Waiting(small_office)
    async with account(small_office, reception=slow) as one, account(small_office) as other:
        asked = asyncio.create_task(one.phone().says(QUESTION))
        await eventually(slow.is_thinking)

        tried = await other.answering.queue.sweep()
        slow.go.set()

        assert tried == 0
        assert "别处的例子:" in await asked


async def test_a_report_that_two_processes_work_on_is_filed_once(
    office: TestOffice, platform: StandIn
) -> None:
    slow, rescuer = Waiting(office), Waiting(office)
    async with (
        account(office, platform.url, patience=SHORT, reception=slow) as one,
        account(office, platform.url, reception=rescuer) as other,
    ):
        await one.phone().says("鲁山县的支书知道是我举报的,来俺家骂")
        office.wait(seconds=Pace().left_behind + 1)
        tidying = asyncio.create_task(other.answering.queue.sweep())
        await eventually(rescuer.is_thinking)
        rescuer.go.set()
        slow.go.set()
        await tidying
        await one.answering.close()
        await other.pumped()

    assert len({code for _, text in platform.said if (code := find_code(text))}) == 1
    assert await log_size(office) == 1


async def test_a_process_that_died_in_its_turn_holds_nobody_up(
    small_office: TestOffice,
) -> None:
    async with small_office.files() as files:
        until = small_office.clock.now() + timedelta(seconds=20)
        assert await files.windows.take_turn("wechat", OPENID, holder="dead", until=until)
    small_office.wait(seconds=21)

    async with account(small_office) as service:
        assert "别处的例子:" in await service.phone().says(QUESTION)


async def test_a_voice_that_was_understood_is_read_back(phone: Phone, platform: StandIn) -> None:
    platform.files["v"] = A_VOICE

    answer = await phone.sends(
        "voice", MediaId="v", Format="amr", Recognition="支书叫俺每户交300块钱手续费。"
    )

    assert answer.startswith("我听着您说的是:“支书叫俺每户交300块钱手续费。”")
    assert "哪个县" in answer


async def test_a_voice_may_answer_a_question_and_ask_one(phone: Phone, platform: StandIn) -> None:
    platform.files["v"] = A_VOICE
    voice = {"MediaId": "v", "Format": "amr"}

    answer = await phone.sends("voice", **voice, Recognition="俺家危房能补多少钱")
    await phone.says("支书叫俺每户交300块钱手续费")
    placed = await phone.sends("voice", **voice, Recognition="鲁山县。")

    assert "别处的例子:" in answer
    assert "啥时候" in placed


async def test_a_voice_that_nobody_understood_is_evidence(phone: Phone, platform: StandIn) -> None:
    platform.files["v"] = A_VOICE

    answer = await phone.sends("voice", MediaId="v", Format="amr", Recognition="")

    assert "您是想" in answer
    assert "听着" not in answer


async def test_a_recording_that_told_the_story_stays_with_the_report(
    service: Service, phone: Phone, platform: StandIn
) -> None:
    platform.files["v"] = A_VOICE
    heard = "支书叫俺每户交300块钱手续费,在鲁山县"

    await phone.says("反映")
    await phone.sends("voice", MediaId="v", Format="amr", Recognition=heard)
    for text in ("去年", "对", "要", "没有", "没有了"):
        answer = await phone.says(text)

    assert "照片、录音:1个" in answer
    assert "300元" in answer


@pytest.mark.parametrize("kind", ["video", "shortvideo"])
async def test_a_film_is_fetched_where_the_platform_says_it_is(
    phone: Phone, platform: StandIn, kind: str
) -> None:
    mp4 = bytes.fromhex("00000020667479706d703432000000006d70343269736f6d") + bytes(64)
    platform.videos["f"] = mp4

    answer = await phone.sends(kind, MediaId="f", ThumbMediaId="t")

    assert "再说一句是啥事" in answer


async def test_a_file_that_is_gone_is_said_so(phone: Phone) -> None:
    answer = await phone.sends("image", MediaId="gone", PicUrl="http://127.0.0.1/p")

    assert "没有存下" in answer


async def test_a_file_nobody_takes_is_refused_in_a_sentence(
    phone: Phone, platform: StandIn
) -> None:
    platform.files["exe"] = b"MZ" + bytes(500)

    answer = await phone.sends("image", MediaId="exe", PicUrl="http://127.0.0.1/p")

    assert "收不了" in answer


async def test_without_an_interface_files_are_sent_to_the_web_page(
    small_office: TestOffice,
) -> None:
    async with account(small_office) as service:
        answer = await service.phone().sends("image", MediaId="p", PicUrl="http://127.0.0.1/p")

    assert "网页" in answer


VILLAGE_POSTER = "410423101"


@pytest.mark.parametrize(
    ("event", "key"), [("subscribe", f"qrscene_{VILLAGE_POSTER}"), ("SCAN", VILLAGE_POSTER)]
)
async def test_a_villages_code_proposes_its_place(phone: Phone, event: str, key: str) -> None:
    place = UNDERSTANDING.gazetteer.full_name(VILLAGE_POSTER)

    greeting = await phone.does(event, EventKey=key, Ticket="T")
    await phone.says("反映")
    proposed = await phone.says("支书叫俺每户交300块钱手续费")
    taken = await phone.says("是")

    assert place in greeting
    assert "微信是实名的" in greeting
    assert f"是{place}的事吗?\n1 是\n2 不是,别的地方" in proposed
    assert "啥时候" in taken


async def test_a_proposed_place_may_be_refused(phone: Phone) -> None:
    await phone.does("SCAN", EventKey=VILLAGE_POSTER, Ticket="T")
    await phone.says("支书叫俺每户交300块钱手续费")

    asked = await phone.says("2")

    assert "是哪个县" in asked


async def test_a_place_that_was_told_needs_no_proposal(phone: Phone) -> None:
    await phone.does("SCAN", EventKey=VILLAGE_POSTER, Ticket="T")

    asked = await phone.says("支书叫俺每户交300块钱手续费,在嵩县")

    assert "的事吗" not in asked
    assert "啥时候" in asked


async def test_a_scene_that_names_no_place_greets_all_the_same(phone: Phone) -> None:
    greeting = await phone.does("SCAN", EventKey="poster-7", Ticket="T")

    assert "您好" in greeting
    assert "您这里是" not in greeting


async def test_a_scan_in_the_middle_repeats_the_question(phone: Phone) -> None:
    await phone.says("支书叫俺每户交300块钱手续费")

    again = await phone.does("SCAN", EventKey=VILLAGE_POSTER, Ticket="T")

    assert "事吗" in again or "是哪个县" in again


async def test_a_position_answers_where(phone: Phone) -> None:
    await phone.says("支书叫俺每户交300块钱手续费")

    answer = await phone.sends(
        "location", Location_X="33.7", Location_Y="112.9", Scale="20",
        Label="河南省平顶山市鲁山县人民路1号",
    )  # fmt: skip

    assert "啥时候" in answer


async def test_a_position_out_of_a_talk_proposes_its_place(phone: Phone) -> None:
    answer = await phone.sends(
        "location", Location_X="33.7", Location_Y="112.9", Scale="20", Label="河南省鲁山县"
    )

    assert "您这里是平顶山市鲁山县" in answer


@pytest.mark.parametrize(
    ("key", "said"),
    [("ask", "直接问"), ("report", "出了啥事"), ("status", "编号"), ("human", "12345"), ("training", "手机号")],
)  # fmt: skip
async def test_each_press_on_the_menu_leads_somewhere_from_anywhere(
    phone: Phone, key: str, said: str
) -> None:
    await phone.says("支书叫俺每户交300块钱手续费")

    assert said in await phone.does("CLICK", EventKey=key)


async def test_who_stops_following_is_unlinked_at_once(service: Service, phone: Phone) -> None:
    mason = Craftsman(id="c1", name="匠人甲", phone="13800000001", county="410423")
    async with service.office.files() as files:
        await files.craftsmen.upsert([mason])
        await files.remembered.keep("wechat", OPENID, "a code")
    await phone.says("培训")
    assert "48小时" in await phone.says("13800000001")
    await phone.says("反映")

    assert await phone.does("unsubscribe", EventKey="") == ""

    async with service.office.files() as files:
        (kept,) = await files.craftsmen.segment("410423")
        assert (kept.channel, kept.address) == ("", "")
        assert await files.talks.load("wechat", OPENID) is None
        assert not await files.windows.spend("wechat", OPENID)
        assert await files.remembered.code("wechat", OPENID) == ""


async def test_no_openid_lies_in_the_store_in_clear(service: Service, phone: Phone) -> None:
    for text in (
        "支书叫俺每户交300块钱手续费,在鲁山县",
        "去年",
        "对",
        "1",
        "没有",
        "没有了",
        "提交",
    ):
        await phone.says(text)
    await phone.does("SCAN", EventKey=VILLAGE_POSTER, Ticket="T")

    found = [
        path.name for path in service.office.folder.rglob("*")
        if path.is_file() and OPENID.encode() in path.read_bytes()
    ]  # fmt: skip

    assert found == []


async def test_a_stored_answer_is_emptied_when_no_repetition_can_come(
    service: Service, phone: Phone
) -> None:
    raw = phone.message("text", Content=QUESTION)
    assert phone.read(await phone.posts(raw))

    service.office.wait(minutes=3)
    await service.answering.clear()

    assert phone.read(await phone.posts(raw)) == ""
