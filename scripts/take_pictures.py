"""The pictures of README, docs/villager.md and docs/desk.md, taken from the product as it runs: `make pictures`.

Both programs are started on folders that are thrown away, one invented matter goes through them, from
the question to the discipline office, and Debian's Chromium looks at it. `take_pictures.py FOLDER`
writes elsewhere than to docs/images.
"""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as Refused

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
COMMAND = (sys.executable, "-m", "runtime.cli")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
PHONE, SCREEN, LOW = (360, 740), (1366, 768), (1024, 480)
HAND = (390, 844)  # an official's phone

#: Name of the file and its size; README shows exactly these.
PICTURES = {"answer.png": PHONE, "filing.png": PHONE, "ticket.png": SCREEN, "batch.png": LOW}
#: What docs/villager.md shows, in that order.
VILLAGER = {
    f"villager-{name}.png": PHONE
    for name in (
        "home", "first", "asked", "story", "danger", "check", "change", "receipt", "case", "form",
        "log", "wechat",
    )
}  # fmt: skip
#: What docs/desk.md shows, in that order.
DESK = {
    f"desk-{name}.png": HAND if name.endswith("phone") else SCREEN
    for name in (
        "tour", "queue", "queue-phone", "filters", "allotted", "found", "ticket", "ticket-phone",
        "words", "undo", "phrases", "recusals", "people", "counties",
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class House:
    """The two programs: what the demo printed, where the inbox is opened, and their surroundings."""

    printed: str
    inbox: str
    env: dict[str, str]

    def said(self, what: str) -> str:
        found = re.search(what, self.printed)
        assert found, f"{what!r} is not among what `make run` prints:\n{self.printed}"
        return found.group(1)

    @property
    def base(self) -> str:
        return self.said(r"村民入口 +(\S+)/")

    @property
    def sentences(self) -> Sequence[str]:
        """The question, the report and the danger it gives to try."""
        return self.said(r"试这三句:((?:\n  .+){3})").strip().split("\n  ")


def main() -> None:
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    with (
        tempfile.TemporaryDirectory() as folder,
        the_product(Path(folder)) as house,
        the_browser() as browser,
    ):
        question, report, _ = house.sentences
        keep(an_answer(browser, house, question), into / "answer.png")
        filing = the_readers(browser, house, report)
        keep(filing, into / "filing.png")
        file_it(filing)
        keep(its_ticket(browser, house), into / "ticket.png")
        hand_over(house)
        keep(the_batch(browser, house), into / "batch.png")
        for name, page in zip(VILLAGER, as_a_villager(browser, house, report), strict=True):
            keep(page, into / name)
        for name, page in zip(DESK, at_the_desk(browser, house), strict=True):
            keep(page, into / name)


def an_answer(browser: Browser, house: House, question: str) -> Page:
    """A question of the county whose (invented) figures are there: amount, phone, source."""
    page = opened(browser, house.base, PHONE)
    ask(page, question)
    for part in ("3.2万元", "打电话:鲁山县", "依据:"):
        page.get_by_text(part).first.wait_for()
    return page


def the_readers(browser: Browser, house: House, report: str) -> Page:
    """The page before a report is filed: who will read it, by name."""
    page = opened(browser, house.base, PHONE)
    ask(page, report)
    page.get_by_role("button", name="登记这件事").click()
    page.get_by_role("button", name="往下").click()
    page.get_by_label("是", exact=True).check()  # the place that was heard
    page.get_by_label("没有", exact=True).check()  # nobody above the village is close to him
    page.get_by_role("button", name="往下").click()
    page.get_by_role("button", name="提交").wait_for()
    return page


def file_it(page: Page) -> None:
    page.get_by_role("button", name="提交").click()
    page.locator(".code").wait_for()


def its_ticket(browser: Browser, house: House) -> Page:
    """The same report at the desk, for whom `make run` says to sign in as."""
    page = opened(browser, house.said(r"用密码登录 +(\S+)"), SCREEN)
    page.locator("#name").fill(house.said(r"姓名 (\S+)"))
    page.locator("#password").fill(house.said(r"密码 (\S+)"))
    page.get_by_role("button", name="登录").click()
    page.goto(f"{house.base}/desk?tab=new")
    page.locator("a.row", has_text="三千块").first.click()
    page.get_by_text("三千块").first.wait_for()
    return page


def hand_over(house: House) -> None:
    """The month's clues are sealed and sent, as the clockwork does on the 3rd of the next."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    day = (today.replace(day=1) + timedelta(days=31)).replace(day=3)
    run("jobs", "run", "hand-over", "--at", f"{day}T08:00", env=house.env)
    run("batch", "send", env=house.env)


def the_batch(browser: Browser, house: House) -> Page:
    """What the discipline office sees in its own program."""
    page = opened(browser, house.inbox, LOW)
    page.get_by_text("核对码").wait_for()
    return page


def as_a_villager(browser: Browser, house: House, story: str) -> Iterator[Page]:
    """One phone, from the first page to the case it comes back to; every page as it then stands."""
    page = opened(browser, house.base, PHONE)
    yield page
    page.goto(f"{house.base}/talk")
    yield page
    said(page, "危房改造咋申请", "依据")
    yield page
    said(page, story, "反映的是")
    said(page, "俺邻居能作证", "记下了")
    yield page
    said(page, "屋里后墙裂了大口子,随时要塌,俺娘还在里头", "人先出来")
    yield page
    for words, told in (("对", "也交给纪委"), ("要", "走得近"), ("没有", "交上去吗")):
        said(page, words, told)
    yield page
    said(page, "改一改", "哪一样要改")
    yield page
    said(page, "不改了", "交上去吗")
    said(page, "提交", "")
    page.locator(".code").wait_for()
    code = page.locator(".code").inner_text()
    yield page
    page.goto(f"{house.base}/status")
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="看一看").click()
    page.get_by_text("没人动过").wait_for()
    yield page
    page.goto(f"{house.base}/report")
    yield page
    page.goto(f"{house.base}/log")
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="核对一下").click()
    page.get_by_text("刚才核对过了").wait_for()
    yield page
    page.goto(f"{house.base}/demo/wechat")
    yield page


def at_the_desk(browser: Browser, house: House) -> Iterator[Page]:
    """A clerk's morning, her supervisor's and the province's; every page as it then stands."""
    page = opened(browser, f"{house.base}/desk/as", SCREEN)
    yield page
    phone = opened(browser, f"{house.base}/desk/as", HAND)
    for each in (page, phone):
        each.get_by_role("button", name="鲁山县住建局的演示承办人", exact=True).click()
    page.goto(f"{house.base}/desk?tab=working")
    yield page
    phone.goto(f"{house.base}/desk?tab=working")
    yield phone
    page.goto(f"{house.base}/desk?tab=working&category=quality.leak")
    yield page
    page.goto(f"{house.base}/desk?tab=working")
    for n in range(3):
        page.locator("input[name=number]").nth(n).check()
    page.locator("#person").select_option(index=1)
    page.get_by_role("button", name="分给他").click()
    page.get_by_text("分好了 3 件").wait_for()
    yield page
    page.goto(f"{house.base}/desk")
    page.locator("#words").fill("漏雨")
    page.locator("form[action='/desk/search'] button").click()
    yield page
    page.goto(f"{house.base}/desk?tab=working&category=quality.leak")
    page.locator("a.row", has_text="返潮").first.click()
    yield page
    phone.goto(page.url)
    yield phone
    page.locator("summary", has_text="答复").first.click()
    page.locator("#text-reply").fill("新房四面墙都返潮,床底下长霉,我们明天上午带工匠去看。")
    page.locator("form[action$='/reply'] button").first.click()
    page.get_by_text("发出去以前看一眼").wait_for()
    yield page
    page.locator("#text-reply").fill("明天上午带工匠去看,防潮层没有做的重新做,不要您出钱。")
    page.locator("form[action$='/reply'] button").first.click()
    page.get_by_text("收回上一步").wait_for()
    yield page
    for title, text in (
        ("开头", "您反映的事我们上门看过了。"),
        ("钱的事", "补助按县里定的标准打到一卡通,到了日子没有到账,凭编号再说一声。"),
    ):
        page.goto(f"{house.base}/desk/phrases")
        page.locator("#title").fill(title)
        page.locator("#text").fill(text)
        page.locator("#step").select_option("reply")
        page.get_by_role("button", name="添上").click()
    page.locator("summary", has_text="开头").click()
    yield page
    page.goto(f"{house.base}/desk/as")
    page.get_by_role("button", name="鲁山县住建局的演示分管领导", exact=True).click()
    page.goto(f"{house.base}/desk/recusals")
    yield page
    page.goto(f"{house.base}/desk/people")
    yield page
    page.goto(f"{house.base}/desk/as")
    page.get_by_role("button", name="省住建厅危改专班的演示承办人", exact=True).click()
    page.goto(f"{house.base}/desk")
    yield page


def said(page: Page, words: str, told: str) -> None:
    """Said in the talk, and the answer waited for."""
    page.locator("#text").fill(words)
    page.locator("#say").get_by_role("button", name="发过去").click()
    if told:
        page.locator("#talk li.mine", has_text=words).last.wait_for()
        page.locator("#talk li", has_text=told).last.wait_for()


def ask(page: Page, words: str) -> None:
    page.locator("main form textarea, main form input[type=text]").first.fill(words)
    page.get_by_role("button", name="问一问").first.click()


def opened(browser: Browser, address: str, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    return page


def _seen(page: Page, *, times: int = 5) -> bytes:
    """The page as a PNG. A Chromium that got no turn on a loaded machine draws no frame in time and
    says so; it is asked again."""
    for _ in range(times - 1):
        with suppress(Refused):
            return page.screenshot(animations="disabled", caret="hide")
        page.wait_for_timeout(500)
    return page.screenshot(animations="disabled", caret="hide")


def keep(page: Page, path: Path) -> None:
    """Drawn in 64 colours, which is enough for letters and makes a small file."""
    drawn = Image.open(io.BytesIO(_seen(page)))
    drawn.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}  {path.stat().st_size // 1024} KB")


@contextmanager
def the_browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield chromium
        chromium.close()


@contextmanager
def the_product(folder: Path) -> Iterator[House]:
    """The demo and the discipline office's inbox, which know each other's keys."""
    inbox, card, port = folder / "inbox", folder / "inbox" / "card.json", free_port()
    ours = {
        "DATA_DIR": str(folder / "house"), "PORT": str(free_port()), "READY_CODES": "0",
        "DISCIPLINE_KEYS": str(card), "DISCIPLINE_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if "XIANGSHENG_" not in name}
    env = {**kept, **{f"XIANGSHENG_{name}": value for name, value in ours.items()}}
    run("inbox", "init", "--folder", str(inbox), env=env)
    told = run("init", "--card", str(card), env=env)
    public = re.search(r"inbox trust:(\S+)", told.replace("\n", ""))
    assert public, told
    run("inbox", "trust", public.group(1), "--folder", str(inbox), env=env)
    serve = ("inbox", "serve", "--folder", str(inbox), "--port", str(port))
    with (
        started(*serve, env=env, until="打开收件箱") as link,
        started("demo", env=env, until="假的案件也放好了") as printed,
    ):
        yield House(printed=printed, inbox=link.split(":", 1)[1].strip(), env=env)


def run(*words: str, env: dict[str, str]) -> str:
    """One command of the product to its end; what it printed."""
    done = subprocess.run([*COMMAND, *words], env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"xiangsheng {' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def started(*words: str, env: dict[str, str], until: str) -> Iterator[str]:
    """A program that has said what shows that it is ready; all it said until then."""
    child = subprocess.Popen(
        [*COMMAND, *words], env=env, cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout
        said = ""
        while until not in said:
            line = child.stdout.readline()
            if not line:
                sys.exit(f"xiangsheng {' '.join(words)} ended early:\n{said}")
            said += line
        yield said
    finally:
        child.terminate()
        child.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
