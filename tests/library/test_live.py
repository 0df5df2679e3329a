"""What an office writes counts while the house runs; what cannot be read leaves the last good one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.refusals import BadInput
from library.changes import Change, Place, keep
from library.layers import Layers
from library.live import Live
from library.settling import settled
from tests.offices import CONTENT, CONTENT_FOLDER
from tests.waiting import eventually

NOW = datetime(2026, 11, 2, tzinfo=UTC)
TODAY = date(2026, 11, 2)
TOPIC = """[[topic]]
slug = "{slug}"
question = "{question}?"
variants = ["{question}呢"]
answer = "{answer}"
source = "县里的通知"
reviewed_on = 2026-11-01
"""


@dataclass(frozen=True)
class House:
    """A house that runs, and the folder its office writes into."""

    live: Live
    place: Place

    def writes(self, name: str, text: str | bytes) -> None:
        path = self.place.own / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def answers(self, question: str) -> str:
        return self.live.understanding().ask(question, today=TODAY).answer


def topic(
    slug: str = "apply.wall", question: str = "院墙倒了能报不", answer: str = "院墙不算房"
) -> str:
    return TOPIC.format(slug=slug, question=question, answer=answer)


@pytest.fixture
def house(tmp_path: Path) -> House:
    place = Place(folder=CONTENT_FOLDER, data_dir=tmp_path)
    return House(Live(place), place)


def test_a_topic_that_is_saved_is_answered_without_a_restart(house: House) -> None:
    assert "院墙不算房" not in house.answers("院墙倒了能报不")
    before = house.live.standing().content.version

    house.writes("topics.toml", topic())

    assert house.live.look()
    assert "院墙不算房" in house.answers("院墙倒了能报不")
    assert house.live.standing().content.version != before
    assert not house.live.look()


def test_a_topic_of_the_programme_is_said_as_the_office_says_it(house: House) -> None:
    house.writes("topics.toml", topic("apply.how", "怎么申请", "先到村委会拿表"))
    house.live.look()

    topics = house.live.standing().content.topics
    assert topics["apply.how"].answer == "先到村委会拿表"
    assert topics["apply.fee"] == CONTENT.topics["apply.fee"]


async def test_a_house_that_watches_takes_it_in_by_itself(house: House) -> None:
    stop = asyncio.Event()
    watching = asyncio.create_task(house.live.watch(stop))
    house.writes("topics.toml", topic())

    async def is_there() -> bool:
        return "apply.wall" in house.live.standing().content.topics

    assert await eventually(is_there)
    stop.set()
    await watching


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("topics.toml", topic() + "\nanswer = \n", r"own-content/topics.toml 第9行"),
        ("topics.toml", topic() + topic("a.b").replace("slug", "slag"), r"own-content/topics.toml.*不认识 slag"),
        ("topics.toml", topic() + topic("a.b", "一样") + 'colour = "红"\n', r"第9行的 a.b:不认识 colour"),
        ("topics.toml", topic().replace("2026-11-01", '"去年"'), r"第1?2?行?.*reviewed_on 要写成日期"),
        ("topics.toml", topic().replace('["院墙倒了能报不呢"]', '"院墙"'), "variants 要写成一串"),
        ("topics.toml", topic().replace('"院墙不算房"', "3"), "answer 要写成带引号的话"),
        ("topics.toml", topic() + 'see_also = ["no.such"]\n', "apply.wall 的 see_also 里写了 no.such"),
        ("topics.toml", b"\xff\xfe", "要是 UTF-8 的文字"),
        ("topics.toml", "a" * (4 * 1024 * 1024 + 1), "不能太大"),
        ("texts.toml", 'menu.txet = "要问啥?"', r"texts.toml 第1行的 menu.txet:没有这一句"),
        ("texts.toml", 'greeting = "您好{name}"', "不能写 {name}"),
        ("texts.toml", 'greeting = "您好{"', "大括号要成对"),
        ("offices.toml", '[[units]]\nid = "x"', "不认识 units"),
        ("offices.toml", '[[unit]]\nname = "县住建局"', "要写 id"),
        ("calendar.csv", "date,kind,note\n2026-13-01,holiday,", "own-content/calendar.csv 第2行"),
        ("calendar.csv", "date,kind,note\n2026-10-01,holiday,国庆\n", "first 和 last"),
        ("counties/410423.toml", "fact.subsidy_c = 3\n", "own-content/counties/410423.toml.*要写三样"),
        ("counties/lushan.toml", "", "不认识这个文件"),
        ("readme.md", "# 说明", "不认识这个文件"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named_with_its_remedy_and_the_rest_counts(
    house: House, name: str, text: str | bytes, says: str
) -> None:
    good = "counties/410421.toml"
    house.writes(
        good, '[fact.subsidy_note]\nvalue = "补3万"\nsource = "县里"\nsince = 2020-01-01\n'
    )
    house.writes(name, text)

    house.live.look()

    assert list(house.live.faults) == [name]
    with pytest.raises(BadInput, match=says):
        raise BadInput(house.live.faults[name])
    assert "410421" in house.live.standing().content.counties
    started = Live(house.place)
    assert started.faults == house.live.faults
    assert "410421" in started.standing().content.counties


def test_a_file_that_the_disk_does_not_give_is_named_and_the_house_starts(house: House) -> None:
    house.place.own.mkdir()
    (house.place.own / "topics.toml").symlink_to("/proc/self/mem")  # reading it is refused

    house.live.look()

    assert "有权限读" in house.live.faults["topics.toml"]
    assert Live(house.place).standing().content.topics == CONTENT.topics


def test_the_last_good_text_serves_until_the_broken_one_is_mended(house: House) -> None:
    house.writes("topics.toml", topic())
    house.live.look()
    house.writes("topics.toml", topic(answer="院墙能补") + "[[topic")
    house.live.look()

    assert "院墙不算房" in house.answers("院墙倒了能报不")
    assert house.live.faults

    house.writes("topics.toml", topic(answer="院墙能补"))
    house.live.look()
    assert "院墙能补" in house.answers("院墙倒了能报不")
    assert not house.live.faults


def test_what_is_taken_away_is_as_the_programme_has_it(house: House) -> None:
    house.writes("topics.toml", topic("apply.how", "怎么申请", "先到村委会拿表"))
    house.live.look()

    (house.place.own / "topics.toml").unlink()
    house.live.look()

    assert house.live.standing().content.topics == CONTENT.topics


def test_a_unit_of_a_house_that_runs_is_not_taken_away(house: House) -> None:
    """Tickets may lie with it."""
    row = '[[unit]]\nid = "housing-410421"\nname = "宝丰县住建局"\nlevel = "county"\narea = "410421"\nparent = "housing-4104"\n'  # fmt: skip
    house.writes("offices.toml", row)
    house.live.look()
    assert "housing-410421" in house.live.standing().content.organisation

    house.writes("offices.toml", "")
    house.live.look()

    assert "housing-410421" in house.live.standing().content.organisation
    assert "不能去掉单位" in house.live.faults["offices.toml"]


def test_a_fault_in_the_programmes_folder_leaves_what_was_read(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(CONTENT_FOLDER, tmp_path / "content")
    live = Live(Place(folder=tmp_path / "content", data_dir=tmp_path))
    (tmp_path / "content" / "texts.toml").write_text("[menu", "utf-8")

    live.look()

    assert live.standing().content.topics == CONTENT.topics
    assert "texts.toml" in live.faults[""]
    with pytest.raises(BadInput, match=r"texts\.toml"):
        Live(Place(folder=tmp_path / "content", data_dir=tmp_path))


def adding(slug: str) -> Callable[[Layers], Change]:
    def change(layers: Layers) -> Change:
        mine = topic(slug, slug)
        return Change(files={"topics.toml": layers.own.get("topics.toml", "") + mine}, new=1)

    return change


def test_of_two_who_change_at_once_neither_loses_anything(tmp_path: Path) -> None:
    place = Place(folder=CONTENT_FOLDER, data_dir=tmp_path)
    slugs = [f"apply.n{n}" for n in range(12)]

    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda slug: keep(place, adding(slug), NOW), slugs))

    assert Live(place).standing().content.topics.keys() >= set(slugs)
    assert len(list(place.copies.iterdir())) == len(slugs) - 1


def test_a_change_that_breaks_nothing_is_kept_though_something_else_is_broken(house: House) -> None:
    house.writes("texts.toml", "[menu")

    keep(house.place, adding("apply.wall"), NOW)

    house.live.look()
    assert "apply.wall" in house.live.standing().content.topics
    with pytest.raises(BadInput, match="少了 question"):
        keep(house.place, lambda _: Change(files={"topics.toml": '[[topic]]\nslug = "a.b"'}), NOW)
    assert "apply.wall" in (house.place.own / "topics.toml").read_text("utf-8")


ANYTHING = st.sampled_from(
    ['""', '"x"', '"county"', '"410421"', "3", "-1", "1.5", "true", "[]", "[1]", '["a"]', "{}",
     "{ a = 1 }", "2026-01-01", "2026-01-01T00:00:00", '"\\u0000"', f'"{"长" * 300}"'],
)  # fmt: skip
#: A good record of each file: the head it stands under, and its lines.
GOOD = {
    "topics.toml": ("topic", {
        "slug": '"a.b"', "question": '"问?"', "variants": '["问"]', "answer": '"答"', "source": '"文"',
        "role": '"complaint"', "steps": '["去"]', "needs": '["area"]', "reviewed_on": "2026-01-01",
    }),
    "offices.toml": ("unit", {
        "id": '"housing-410421"', "name": '"局"', "level": '"county"', "area": '"410421"',
        "parent": '"housing-4104"', "report_phone": '"1"',
    }),
    "counties/410421.toml": ("fact.subsidy_c", {
        "value": "8000", "source": '"文"', "since": "2026-01-01", "by": '"p"',
        "entered_on": "2026-01-01", "approved_by": '"q"',
    }),
    "texts.toml": ("menu", {"text": '"要问啥?"', "ask": '"问"'}),
}  # fmt: skip
CONTACT = ("contact", {"number": '"1"', "name": '"台"', "takes": '"收"'})


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, str]:
    """A file whose record lacks something, or has something else in its place or under its name."""
    name = draw(st.sampled_from(sorted(GOOD)))
    choices = [GOOD[name], *([CONTACT] if name == "offices.toml" else [])]
    head, good = draw(st.sampled_from(choices))
    lines = {key: value for key, value in good.items() if draw(st.integers(0, 9))}
    for key in draw(st.lists(st.sampled_from([*good, "colour"]), max_size=2)):
        lines[key] = draw(ANYTHING)
    if not draw(st.integers(0, 5)):
        return name, f"{head.split('.')[0]} = {draw(ANYTHING)}"
    shape = draw(st.sampled_from(["[[{}]]", "[[{}]]", "[{}]"]))
    return name, "\n".join([shape.format(head), *(f"{k} = {v}" for k, v in lines.items())])


def test_each_good_record_is_taken() -> None:
    for name, (head, lines) in [*GOOD.items(), ("offices.toml", CONTACT)]:
        shape = "[[{}]]" if head in ("topic", "unit", "contact") else "[{}]"
        text = "\n".join([shape.format(head), *(f"{k} = {v}" for k, v in lines.items())])
        assert not settled(Layers(CONTENT_FOLDER, {name: text})).faults


@settings(max_examples=60)
@given(broken())
def test_whatever_stands_in_an_offices_file_is_taken_or_named(file: tuple[str, str]) -> None:
    name, text = file

    done = settled(Layers(CONTENT_FOLDER, {name: text}))

    assert (name in done.layers.own) != (name in done.faults)
