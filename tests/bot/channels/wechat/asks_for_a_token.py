"""A process of its own that wants the account's token and prints it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from bot.channels.wechat.api import Account, WechatApi, make_http
from runtime.clock import SystemClock
from tests.bot.channels.wechat.stand_in import APP_ID, SECRET
from tests.offices import open_office


async def main(folder: str, url: str | None, api: str) -> None:
    async with open_office(Path(folder), url, staffed=False) as made:
        made.clock.at = SystemClock().now()
        account = Account(app_id=APP_ID, secret=SECRET, url=api)
        asking = WechatApi(account, made.office, worker=f"p{os.getpid()}", http=make_http())
        sys.stdout.write(await asking.tokens.get())
        await asking.close()


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
