"""The product as it is started, with an official account in its settings."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from runtime.clock import SystemClock
from tests.bot.channels.wechat.phone import KEY, TOKEN, Phone, letterhead
from tests.bot.channels.wechat.stand_in import APP_ID, SECRET, StandIn, stand_in
from tests.promises.processes import environment, free_port, started
from tests.waiting import until


def settings(port: int, api: str) -> dict[str, str]:
    return {
        "PORT": str(port), "WECHAT_TOKEN": TOKEN, "WECHAT_APP_ID": APP_ID,
        "WECHAT_SECRET": SECRET, "WECHAT_AES_KEY": KEY, "WECHAT_API_URL": api,
    }  # fmt: skip


def is_checked(base: str) -> str:
    query = {**letterhead(SystemClock().now()), "echostr": "42"}
    return httpx.get(f"{base}/wechat", params=query, trust_env=False, verify=False).text


def asked(base: str, text: str) -> str:
    phone = Phone(httpx.AsyncClient(), sealed=True)
    letter = phone.request(phone.message("text", Content=text))
    with httpx.Client(trust_env=False, verify=False, timeout=60) as http:
        return phone.read(http.post(f"{base}/wechat", **letter))


def visited(folder: Path, api: str, platform: StandIn | None) -> tuple[str, str]:
    """(what the check got back, what a question got) from a real process."""
    port = free_port()
    base, env = f"http://127.0.0.1:{port}", environment(folder, **settings(port, api))
    log = folder.parent / f"{folder.name}.log"
    with started("demo", env=env, url=f"{base}/healthz", log=log):
        found = is_checked(base), asked(base, "俺家危房能补多少钱")
        if platform:
            until(lambda: bool(platform.menus))
    assert TOKEN not in log.read_text(encoding="utf-8", errors="replace")
    return found


async def test_with_the_settings_present_the_account_answers_and_has_its_menu(
    tmp_path: Path,
) -> None:
    async with stand_in() as platform:
        check, answer = await asyncio.to_thread(visited, tmp_path / "house", platform.url, platform)

    assert check == "42"
    assert "别处的例子:" in answer
    assert len(platform.menus) == 1


async def test_a_platform_out_of_reach_stops_nothing(tmp_path: Path) -> None:
    check, answer = await asyncio.to_thread(visited, tmp_path / "house", "http://127.0.0.1:9", None)

    assert check == "42"
    assert "别处的例子:" in answer
