"""A clerk's day with forty tickets and her supervisor's, in a real browser: on a screen and on a phone, with
script and without, in both themes; nothing from outside, nothing axe would mend, and by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Error, Page

from casework.offices import Role
from casework.tickets import Action, Status
from tests.api.conftest import app
from tests.browser.test_the_desk import browser, house
from tests.casework.desk import Desk
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PASSWORD, TestOffice

__all__ = ["app", "browser", "house"]

pytestmark = pytest.mark.browser

SCREEN, PHONE = (1366, 768), (390, 844)
WAYS = [
    pytest.param(SCREEN, True, False, id="screen"),
    pytest.param(SCREEN, False, True, id="screen, dark, no script"),
    pytest.param(PHONE, True, True, id="phone, dark"),
    pytest.param(PHONE, False, False, id="phone, no script"),
]
A = Action


@dataclass
class Walk:
    """One person at one browser; every page she comes to is looked at."""

    page: Page
    base: str
    script: bool
    width: int
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    seen: int = 0

    async def goes(self, path: str) -> None:
        await self.page.goto(self.base + path)
        await self.looks()

    async def presses(self, words: str, *, role: str = "button") -> None:
        """A button or link by what stands on it."""
        target = self.page.get_by_role(role, name=words, exact=True)  # type: ignore[arg-type]
        await target.first.click()
        await self.page.wait_for_load_state()
        await self.looks()

    async def opens(self, step: str) -> None:
        """A step that folds, unless it stands open already."""
        folded = self.page.locator("details.step:not([open]) > summary", has_text=step)
        if await folded.count():
            await folded.first.click()

    async def writes(self, step: Action, words: str) -> None:
        """Words into the box of a step, and the step taken."""
        await self.opens(step.label)
        await self.page.locator(f"#text-{step.value}").fill(words)
        await self.page.locator(f"form[action$='/{step.value}'] button").first.click()
        await self.page.wait_for_load_state()
        await self.looks()

    async def reads(self, words: str) -> None:
        await self.page.get_by_text(words).first.wait_for()

    async def looks(self) -> None:
        self.seen += 1
        where = self.page.url
        if not self.script:
            return  # without script nothing can be asked of the page: the same pages are, with it
        assert await self.page.evaluate("document.documentElement.scrollWidth") <= self.width, where
        found = await Axe().run(self.page)
        assert found.violations_count == 0, (where, found.generate_report())

    def ends(self) -> None:
        assert [url for url in self.outside if not url.startswith("data:")] == []
        assert [each for each in self.complaints if "status of 4" not in each] == []


@asynccontextmanager
async def walking(
    browser: Browser, base: str, size: tuple[int, int], script: bool, dark: bool
) -> AsyncIterator[Walk]:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, java_script_enabled=script,
        color_scheme="dark" if dark else "light", locale="zh-CN", bypass_csp=script,
    )  # fmt: skip
    page = await context.new_page()
    walk = Walk(page=page, base=base, script=script, width=size[0])
    page.on("request", lambda r: walk.outside.append(r.url) if not r.url.startswith(base) else None)
    page.on("console", lambda m: walk.complaints.append(m.text) if m.type == "error" else None)
    yield walk
    walk.ends()
    await context.close()


async def signs_in(walk: Walk, name: str) -> None:
    await walk.goes("/desk/login")
    await walk.page.locator("#name").fill(name)
    await walk.page.locator("#password").fill(PASSWORD)
    await walk.presses("登录")


@pytest.fixture
async def forty(small_office: TestOffice) -> Desk:
    """Forty reports, each with words of its own; a colleague beside the clerk."""
    desk = Desk(small_office)
    for n in range(40):
        side = "东西南北"[n % 4]
        await small_office.office.intake.file(
            replace(LEAKING_ROOF, text=f"第{n}家的{side}屋漏雨漏得厉害,修过一回。")
        )
    await desk.opens()
    await desk.colleague("承办人丁", COUNTY, Role.HANDLER)
    await desk.colleague("审核人戊", CITY, Role.APPROVER)
    return desk


@pytest.mark.parametrize(("size", "script", "dark"), WAYS)
async def test_a_clerks_day(
    house: str, browser: Browser, forty: Desk, size: tuple[int, int], script: bool, dark: bool
) -> None:
    async with walking(browser, house, size, script, dark) as walk:
        await signs_in(walk, "承办人丙")
        await walk.goes("/desk?tab=new")
        rows = walk.page.locator("a.row")
        assert await rows.count() == 41
        await rows.filter(has_text="第7家").click()
        await walk.looks()
        for step in ("受理", "交办", "签收", "开始办理"):
            await walk.presses(step)
        await walk.writes(A.REPLY, "您说第7家的北屋漏雨漏得厉害,我们明天去。")
        await walk.reads("发出去以前看一眼")
        await walk.writes(A.REPLY, "明天上午带工匠上门看房顶,料不要您出钱。")
        await walk.reads("答复已发给反映人。")
        await walk.presses("收回上一步")
        await walk.reads("收回了,和没办这一步以前一样。")
        await walk.opens("答复")
        await walk.page.locator("#text-reply").fill("明天上午")
        await walk.presses("先存着,不发")
        await walk.reads("写了一半的“答复”")
        await walk.writes(A.REPLY, "明天上午带工匠上门,料不要您出钱。")
        await walk.presses("办结")
        await walk.reads("已办结。反映人可以说没解决。")
        await walk.page.locator("a[rel=next]").click()
        await walk.reads("第8家的")
        await walk.presses("← 办件", role="link")
        for n in (8, 9):
            await walk.page.locator("a.row", has_text=f"第{n}家").click()
            for step in ("受理", "交办", "签收"):
                await walk.presses(step)
            await walk.goes("/desk?tab=new")
        await walk.goes("/desk?tab=working")
        for n in range(2):
            await walk.page.locator("input[name=number]").nth(n).check()
        await walk.page.locator("#person").select_option(label="承办人丁")
        await walk.presses("分给他")
        await walk.reads("分好了 2 件")
        await walk.page.locator("#words").fill("第33家")
        await walk.page.locator("form[action='/desk/search'] button").click()
        await walk.reads("找到 1 件")
        assert "第33家" not in walk.page.url
        await walk.presses("退出")
        with suppress(Error):  # what was found was posted: a browser shows it no second time
            await walk.page.go_back()
        assert "第33家" not in await walk.page.inner_text("body")
        await walk.goes("/desk?tab=new")
        await walk.reads("登录工作台")
        assert walk.seen > 25


@pytest.mark.parametrize(("size", "script", "dark"), WAYS[:1] + WAYS[3:])
async def test_a_supervisors_day(
    house: str, browser: Browser, forty: Desk, size: tuple[int, int], script: bool, dark: bool
) -> None:
    """The city's: which county is late, one that is urged, one that is decided, one who stays away."""
    await forty.steps(A.ACCEPT, A.DISPATCH, A.SIGN, A.START)
    await forty.step(A.ASK_EXTENSION, "等料到")
    forty.office.wait(days=3)
    async with walking(browser, house, size, script, dark) as walk:
        await signs_in(walk, "督办员乙")
        await walk.reads("各县情况")
        await walk.page.locator("td a.late").first.click()
        await walk.looks()
        await walk.page.locator("a.row").first.click()
        await walk.looks()
        await walk.writes(A.REMIND, "三天以内上门看过,把结果报上来。")
        await walk.reads("已催办,记在经过里。")
        await walk.goes("/desk?tab=to_review")
        await walk.page.locator("a.row").first.click()
        await walk.writes(A.EXTEND, "料要等三天才到,到了马上修。")
        await walk.reads("已批准延期,理由反映人看得到。")
        # Who did it is named to whoever oversees him.
        assert "承办人丙" in await walk.page.locator(".timeline").inner_text()
        await walk.goes("/desk/recusals")
        await walk.goes("/desk/people")
        await walk.goes("/desk/help")


async def test_by_the_keyboard_alone(house: str, browser: Browser, forty: Desk) -> None:
    """From the sign-in to an accepted ticket and back, without a mouse."""
    async with walking(browser, house, SCREEN, True, False) as walk:
        page, keys = walk.page, walk.page.keyboard
        await walk.goes("/desk/login")
        await to(page, "#name")
        await keys.type("承办人丙")
        await to(page, "#password")
        await keys.type(PASSWORD)
        await keys.press("Enter")
        await page.get_by_role("button", name="退出").wait_for()
        await walk.goes("/desk?tab=new")
        await keys.press("j")
        await keys.press("j")
        await keys.press("Enter")
        await page.wait_for_url(re.compile("/desk/tickets/"))
        number = page.url.split("/tickets/")[1].split("?")[0]
        await to(page, "form[action$='/accept'] button")
        await keys.press("Enter")
        await walk.reads("已受理,反映人看得到。")
        await to(page, "summary:text-is('内部备注')")
        await keys.press("Enter")
        await to(page, "#text-note")
        await keys.type("打过电话了")
        await to(page, "form[action$='/note'] button")
        await keys.press("Enter")
        await walk.reads("备注已记下。")
        await keys.press("?")
        await page.wait_for_url(re.compile("/desk/help"))
    async with forty.office.reading() as reading:
        file = await reading.tickets.get(number, reader=forty.rings[COUNTY].person)
    assert file.ticket.status is Status.ACCEPTED


async def to(page: Page, selector: str) -> None:
    """Tab after tab until it has the focus; it must be reachable, and seen to have it."""
    wanted = page.locator(selector).first
    for _ in range(120):
        if await wanted.evaluate("each => each === document.activeElement"):
            shown = await wanted.evaluate(
                "each => { const s = getComputedStyle(each);"
                " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }"
            )
            assert shown, f"{selector} has the focus and does not show it"
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by the keyboard")
