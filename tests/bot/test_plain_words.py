"""Questions are answered in plain words; nobody is filed, dropped or left out by a word misread."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.dialogues import plain_words
from bot.reception import Reception
from bot.talk import WAITS, Plain
from casework.receipts import find_code
from casework.shelves import Inbound, Talk
from nlp.assent import Sense
from tests.bot.conftest import A_PHOTO, A_VOICE, Villager, filed, folder_of, log_size
from tests.offices import CONTENT, COUNTY, PROVINCE, TestOffice

DANGER = ("房子要塌了,裂缝越来越大",)
DANGER_AT = ("鲁山县赵村镇俺家房子要塌了",)
ABOUT = ("反映", "村支书收了俺300", "鲁山县", "去年")
OFFICE = (*ABOUT, "对")
CLOSE = (*OFFICE, "要")
PHOTOS = (*CLOSE, "没有")
SEND = (*PHOTOS, "没有了")

KEPT_OUT, DECLINED, AGAIN = (
    CONTENT.texts(f"danger.{each}") for each in ("keep_out", "declined", "again")
)
NOT_YET, NOT_CLEAR = CONTENT.texts("report.not_yet"), "没看明白"


@pytest.fixture
def anew(reception: Reception) -> Anew:
    return Anew(reception)


class Anew:
    """Each time somebody else, brought as far as the question that waits."""

    def __init__(self, reception: Reception) -> None:
        self.reception, self.n = reception, 0
        self.talks: dict[tuple[str, ...], Talk | None] = {}

    async def __call__(self, before: tuple[str, ...], channel: str = "telegram") -> Villager:
        self.n += 1
        villager = Villager(self.reception, channel=channel, caller=f"8{self.n}")
        if before not in self.talks:
            for words in before:
                await villager.says(words)
            self.talks[before] = await self.talk(villager)
        elif talk := self.talks[before]:
            async with self.reception.office.files() as files:
                await files.talks.keep(channel, villager.caller, talk)
        return villager

    async def hears(self, before: tuple[str, ...], answers: str) -> dict[str, str]:
        """What each of the answers gets."""
        return {each: await (await self(before)).says(each) for each in answers.split("|")}

    async def talk(self, villager: Villager) -> Talk | None:
        async with self.reception.office.reading() as reading:
            return await reading.talks.load(villager.channel, villager.caller)


def without(part: str, heard: Mapping[str, str]) -> dict[str, str]:
    """The answers in which this part is not said."""
    return {each: said for each, said in heard.items() if part not in said}


async def story(office: TestOffice, villager: Villager) -> str:
    """What was filed, as her code shows it."""
    key = await office.locks.code(villager.code, caller="")
    async with office.reading() as reading:
        return (await reading.mailboxes.open(key)).letters[0].text


# Danger


async def test_in_danger_a_yes_in_plain_words_files_at_once(
    anew: Anew, small_office: TestOffice
) -> None:
    yes = "是|是的|有|有,俺娘在里头|中|嗯|对|在|还有人|有人|1|一|第一个|1️⃣|选1|是,现在有人|俺娘还没出来|三口人|1,俺娘腿不中"

    heard = await anew.hears(DANGER, yes)

    assert without("登记好了", heard) == {}
    assert await log_size(small_office) == len(heard)


async def test_in_danger_a_no_in_plain_words_files_nothing(
    anew: Anew, small_office: TestOffice
) -> None:
    no = "没|没有|没人|没有人|没人住了|不在|空着嘞|都搬走了|没有,都搬走了|没人,在外头打工嘞|2|二|2吧|第二个|②|不是|不中|好几年没人住了"

    heard = await anew.hears(DANGER, no)

    assert without(KEPT_OUT, heard) == {}
    assert await log_size(small_office) == 0


async def test_in_danger_who_wants_nothing_reported_is_not(
    anew: Anew, small_office: TestOffice
) -> None:
    heard = await anew.hears(
        DANGER, "不用|别报|先不报|不用报|有人,不用报|别报,俺怕支书知道|有,先别|没人,不用报"
    )

    assert without(DECLINED, heard) == {}
    assert await log_size(small_office) == 0


@pytest.mark.parametrize("place", [DANGER, DANGER_AT], ids=["nowhere", "somewhere"])
async def test_in_danger_doubt_files_the_second_time_and_there_is_no_third_question(
    anew: Anew, small_office: TestOffice, place: tuple[str, ...]
) -> None:
    doubtful = [
        "1,没人",
        "有,说不清",
        "不是没人",
        "没有,俺老伴腿不中躺着嘞",
        "俺娘没在",
        "啊?",
        "墙又掉砖了",
        "有没有你不会看",
        "😭😭",
    ]
    for filings, answer in enumerate(doubtful, start=1):
        villager = await anew(place)

        first, second = await villager.says(answer), await villager.says(answer)

        assert AGAIN in first, answer
        assert "登记好了" in second, answer
        assert await log_size(small_office) == filings


@pytest.mark.parametrize(
    "unsure", ["不清楚", "说不准", "不知道", "没人吧", "3", "说不清", "记不清了"]
)
async def test_in_danger_who_is_not_sure_is_filed(anew: Anew, unsure: str) -> None:
    villager = await anew(DANGER)

    assert "登记好了" in await villager.says(unsure)


async def test_in_danger_every_word_beside_the_answer_belongs_to_the_story(
    anew: Anew, small_office: TestOffice
) -> None:
    told = [
        (("有,俺娘腿不中下不了床",), "俺娘腿不中下不了床"),
        (("俺娘在里头",), "俺娘在里头"),
        (("1,俺爹八十了",), "俺爹八十了"),
        (("俺不知咋弄啊", "有"), "俺不知咋弄啊"),
        (("俺不知咋弄啊", "墙又掉砖了"), "俺不知咋弄啊\n墙又掉砖了"),
    ]
    somewhere = [
        (("俺不知咋弄啊", "不是", "有"), "俺不知咋弄啊"),
        (("不是,在村东头", "俺娘在里头"), "在村东头\n俺娘在里头"),
    ]
    cases = [*((DANGER, *each) for each in told), *((DANGER_AT, *each) for each in somewhere)]
    for before, answers, kept in cases:
        villager = await anew(before)
        for words in answers:
            await villager.says(words)
        assert await story(small_office, villager) == f"{before[0]}\n{kept}"


async def test_in_danger_a_bare_yes_adds_nothing_to_the_story(
    anew: Anew, small_office: TestOffice
) -> None:
    villager = await anew(DANGER)

    await villager.says("有")

    assert await story(small_office, villager) == DANGER[0]


async def test_in_danger_photos_and_recordings_go_along_whatever_is_said_with_them(
    anew: Anew, small_office: TestOffice
) -> None:
    captioned, twice, heard = await anew(DANGER_AT), await anew(DANGER_AT), await anew(DANGER_AT)

    assert "登记好了" in await captioned.shows(A_PHOTO, text="有,俺娘在里头")
    assert AGAIN in await twice.shows(A_PHOTO)
    assert "登记好了" in await twice.shows(A_VOICE)
    assert "登记好了" in await heard.shows(A_VOICE, text="嗯。")

    found = sorted([len((await folder_of(small_office, each.number, PROVINCE)).attachments)
                    for each in await filed(small_office)])  # fmt: skip
    assert found == [1, 1, 2]


@pytest.mark.parametrize(
    ("answers", "placed"),
    [
        (("是",), True), (("有,俺娘在里头",), True), (("嗯",), True), (("对,有人",), True),
        (("2",), False), (("有人,不过不是这个地方",), False), (("有,不是这个地方",), False),
        (("有,在宝丰县那边",), False), (("不清楚",), False), (("不是", "有"), False), (("不对", "嗯"), False),
        (("不是", "说的啥"), False),
    ],
)  # fmt: skip
async def test_in_danger_only_a_yes_to_the_place_puts_the_report_there(
    anew: Anew, small_office: TestOffice, answers: tuple[str, ...], placed: bool
) -> None:
    villager, said = await anew(DANGER_AT), ""
    for words in answers:
        said = await villager.says(words)

    assert "登记好了" in said
    [ticket] = await filed(small_office)
    assert (ticket.owner == COUNTY) is placed


@pytest.mark.parametrize(
    "answers", [("没人",), ("3",), ("不是,没人住",), ("不是", "没有"), ("有人住吗", "没人")]
)
async def test_in_danger_a_no_at_a_named_place_files_nothing(
    anew: Anew, small_office: TestOffice, answers: tuple[str, ...]
) -> None:
    villager, said = await anew(DANGER_AT), ""
    for words in answers:
        said = await villager.says(words)

    assert KEPT_OUT in said
    assert await log_size(small_office) == 0


@pytest.mark.parametrize("channel", ["telegram", "wechat", "web", "terminal"])
async def test_plain_words_count_on_every_channel(anew: Anew, channel: str) -> None:
    villager = await anew(DANGER, channel)

    assert "登记好了" in await villager.says("有,俺娘在里头")


async def test_a_voice_that_was_heard_is_an_answer(anew: Anew) -> None:
    villager = await anew(DANGER)

    assert find_code(await villager.says("有。", kind="voice"))


# Whom it is about


async def test_the_read_back_is_agreed_to_in_plain_words(anew: Anew) -> None:
    yes = "中|是|是的|对的|嗯|没错|行|对,就是他|就是他|对嘞|1|一|第一个|1️⃣|选1|不错|是嘞。|没有不对"

    heard = await anew.hears(ABOUT, yes)

    assert without("也交给纪委", heard) == {}


async def test_only_a_no_to_the_read_back_takes_him_away(anew: Anew) -> None:
    no = await anew.hears(ABOUT, "不是|不对|不是他|错了|不中|3|三|有的不是|第三个")
    nothing = await anew.hears(
        ABOUT, "没有|没|等等|不知道|是不是|对?|对,不是他|要|是支书叫俺来的|5|1,还有别人|1,不是"
    )

    assert without("反映的是谁", no) == {}
    assert without("反映的是:村支书。对不对?", nothing) == {}


async def test_more_beside_the_yes_belongs_to_the_story(
    anew: Anew, small_office: TestOffice
) -> None:
    villager = await anew(ABOUT)

    await villager.says("对,他还收过俺叔两千")
    for words in ("要", "没有", "没有了", "交"):
        await villager.says(words)

    assert await story(small_office, villager) == "村支书收了俺300\n他还收过俺叔两千"


@pytest.mark.parametrize(
    "yes", ["对,还有县住建局的王科长", "不是,是县住建局的王科长收的", "1,县住建局的王科长也拿了"]
)
async def test_another_one_named_beside_the_answer_is_read_back_and_does_not_read_it(
    anew: Anew, yes: str
) -> None:
    villager = await anew(ABOUT)
    county = CONTENT.organisation[COUNTY].name

    again = await villager.says(yes)
    shown = ""
    for words in ("对", "要", "没有", "没有了"):
        shown = await villager.says(words)
        if "能看到您写的是" in shown:
            break

    assert "王科长" in again
    assert ("村支书" in again) is not yes.startswith("不是")
    assert county in shown.partition("看不到的")[2]


async def test_the_same_one_named_beside_the_answer_is_not_read_back_again(anew: Anew) -> None:
    heard = await anew.hears(ABOUT, "对,支书还收过俺叔两千|是,村支书心黑|对,支书李某某收的")
    named = ("反映", "村会计李某某收了俺300", "鲁山县", "去年")

    assert without("也交给纪委", heard) == {}
    assert "张某某" in await (await anew(named)).says("对,村会计张某某也收了")


async def test_her_name_beside_the_yes_is_offered_to_be_left_out(anew: Anew) -> None:
    villager = await anew(ABOUT)

    asked = await villager.says("对,俺叫王大栓,找俺问")

    assert "会让人认出您" in asked
    assert "也交给纪委" in await villager.says("去掉吧")


async def test_还有别人_after_the_yes_is_the_option(anew: Anew) -> None:
    heard = await anew.hears(ABOUT, "还有别人|对,还有别人|2|二")

    assert without("反映的是谁", heard) == {}


@pytest.mark.parametrize(
    ("word", "kept"),
    [("是", True), ("嗯", True), ("不清楚", True), ("不是", False), ("不对", False)],
)
async def test_of_several_only_an_explicit_不是_takes_one_away(
    anew: Anew, word: str, kept: bool
) -> None:
    villager = await anew(("反映", "村会计说是县里王科长叫收300的", "鲁山县", "去年", "有的不是"))

    await villager.says(word)
    for words in ("是", "要", "没有"):
        await villager.says(words)
    shown = await villager.says("没有了")

    assert ("王" in shown.partition("反映的是")[2].partition("\n")[0]) is kept


# 提交


async def test_提交_in_plain_words(anew: Anew, small_office: TestOffice) -> None:
    yes = "交|交上去|中|行|是|好|提交吧|交吧|可以|要|嗯,交吧,谢谢恁|1|一|1️⃣|选1|1 提交|没问题"

    heard = await anew.hears(SEND, yes)

    assert without("登记好了", heard) == {}
    assert await log_size(small_office) == len(heard)


async def test_no_and_not_yet_file_nothing_and_drop_nothing(
    anew: Anew, small_office: TestOffice
) -> None:
    no = "没|没有|不中|别交|先不交|等等|不用|不要|不,不交|好,等等|再想想|不知道|等等,俺问问俺儿"

    heard = await anew.hears(SEND, no)

    assert without(NOT_YET, heard) == {}
    assert without("交上去吗", heard) == {}
    amiss = await anew.hears(SEND, "不是|不对")
    assert without("哪一样要改", amiss) == {}
    assert await log_size(small_office) == 0


async def test_what_is_no_clear_yes_is_asked_again(anew: Anew, small_office: TestOffice) -> None:
    nothing = "不对,钱数是五百|是支书叫俺来的|有问题|中间那户|交,但别让支书看|交给谁|交不交|交?|不交不中|行贿|管他呢|对,不交|嗯…|好了"

    heard = await anew.hears(SEND, nothing)

    assert without("交上去吗", heard) == {}
    assert await log_size(small_office) == 0


async def test_after_等等_she_hands_it_in_drops_it_or_corrects_it(anew: Anew) -> None:
    for then, said in (("交吧", "登记好了"), ("不交了", "好,没有交。刚才"), ("返回", "有照片")):
        villager = await anew(SEND)
        await villager.says("等等")

        assert said in await villager.says(then)


@pytest.mark.parametrize("drops", ["不交了", "4", "四", "第四个", "4️⃣"])
async def test_only_her_不交了_drops_it(anew: Anew, drops: str) -> None:
    villager = await anew(SEND)

    assert CONTENT.texts("report.dropped") in await villager.says(drops)


# The other questions


@pytest.mark.parametrize(
    ("before", "answers", "told"),
    [
        (OFFICE, "中|要|要,交给纪委|说不准|不知道|交吧|是|1", "走得近"),
        (OFFICE, "不|不要|不用|别交|2|二", "走得近"),
        (OFFICE, "没有|等等|要不|啥是纪委|要不要", "要不要也交给纪委"),
        (CLOSE, "没|没有嘞|没有|不知道|说不准|有|县里有|县里|都有", "有照片"),
        (CLOSE, "里有|有没有|对面", "走得近的吗"),
        (PHOTOS, "没|没有|没了|没有了|就这些|没照片|不用|1", "交上去吗"),
        (PHOTOS, "有|有照片|等等|有,等俺找找", CONTENT.texts("report.photos_wait")),
        ((*ABOUT[:1], "有人收了俺300", *ABOUT[2:]), "不知道|记不清|说不准|6|六", "也交给纪委"),
        ((*ABOUT[:3],), "记不清了|不知道|忘了", "时间:不清楚|反映的是"),
        ((*ABOUT[:2],), "不知道|说不准|不清楚", "大概啥时候"),
        (("反映", "村支书收了俺300", "平顶山市"), "不是|都不是|没有|不知道", "没找到这个地方"),
        (("反映", "村支书收了俺300,我叫王大栓"), "中|去掉|去掉吧|好|要|留着|不用|不去", "是哪个县"),
        (("村里扣了俺补助正常不",), "记|中|记下来吧|要", "是哪个县"),
        (("村里扣了俺补助正常不",), "不用|先不用|别记|等等", CONTENT.texts("ask.not_registered")),
        (("俺家危房能补多少钱",), "清楚了|嗯|中|知道了|懂了", CONTENT.texts("ask.thanks")),
        (("俺家危房能补多少钱",), "不清楚|没听懂|没有", "哪里没说清"),
        (("天王盖地虎",), "中|找|要", "12345"),
        (("天王盖地虎",), "不用|不找|不要", CONTENT.texts("keep.may")),
        (("天王盖地虎", "不用"), "不用|不留|不要|算了|不知道|等等", "好"),
        (("天王盖地虎", "不用"), "能|中|可以|留吧|看吧", CONTENT.texts("keep.done")),
        (("你好",), "二|②|第二个", "出了啥事"),
    ],
)  # fmt: skip
async def test_every_other_question_takes_plain_words_too(
    anew: Anew, before: tuple[str, ...], answers: str, told: str
) -> None:
    heard = await anew.hears(before, answers)

    assert {a: s for a, s in heard.items() if not any(each in s for each in told.split("|"))} == {}


@pytest.mark.parametrize(
    ("answer", "here"),
    [("是", True), ("中", True), ("1", True), ("不是", False), ("不清楚", False), ("没错", True), ("二", False)],
)  # fmt: skip
async def test_a_scanned_place_is_used_after_a_yes_only(
    anew: Anew, answer: str, here: bool
) -> None:
    villager = await anew(())
    scan = Inbound(
        channel="telegram",
        external_id="scan",
        caller=villager.caller,
        kind="scan",
        place="410423101",
    )
    await anew.reception.receive(scan)
    assert "的事吗" in await villager.says("村会计收了俺300")

    assert ("大概啥时候" in await villager.says(answer)) is here


async def test_after_a_long_silence_接着_and_好_go_on_with_what_came(
    anew: Anew, small_office: TestOffice
) -> None:
    for word in ("接着", "好", "一", "接着说吧"):
        villager = await anew(ABOUT[:3])
        small_office.wait(hours=4)
        assert "接着说,还是重来" in await villager.says("上个月")

        assert "反映的是" in await villager.says(word)


async def test_what_is_kept_of_a_talk_after_danger_has_no_word_of_the_answers(anew: Anew) -> None:
    villager = await anew(DANGER)
    await villager.says("俺不知咋弄啊")

    await villager.says("有")

    talk = await anew.talk(villager)
    assert talk
    assert "咋弄" not in repr(talk)


def every_plain() -> dict[str, Plain]:
    return {name: each for name, each in vars(plain_words).items() if isinstance(each, Plain)}


@pytest.mark.parametrize("name", sorted(every_plain()))
def test_no_question_takes_a_no_for_its_yes(name: str) -> None:
    means = every_plain()[name].means

    yes, no = means.get(Sense.YES), {means.get(Sense.NO), means.get(Sense.AMISS)} - {None}
    assert yes == WAITS or yes not in no
