"""A Bot API of the test's own on loopback, for what the emulator refuses to produce: updates that are no
updates, answers that are late, cut or no answers. It queues as the platform does: what lies below the
offset is forgotten, all else comes again."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "77:an-invented-token"
FIRST = 500_000_000


@dataclass
class Peer:
    """What it will answer, and what it was asked."""

    url: str = ""
    queue: list[tuple[int, str]] = field(default_factory=list)  # the true number, and the JSON
    next: int = FIRST
    polls: list[dict[str, Any]] = field(default_factory=list)
    faults: list[web.StreamResponse | str] = field(default_factory=list)  # of getUpdates
    sent: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[web.StreamResponse | str] = field(default_factory=list)  # of sendMessage
    pressed: list[dict[str, str]] = field(default_factory=list)
    commands: list[dict[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    held: asyncio.Event = field(default_factory=asyncio.Event)  # what 'slow' waits for
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def brings(self, update: Any, *, number: Any = ...) -> int:
        """An update with its true number, or one that lies about it."""
        if isinstance(update, dict) and number is not None:
            update = {"update_id": self.next if number is ... else number, **update}
        return self.brings_raw(json.dumps(update))

    def brings_raw(self, text: str) -> int:
        self.queue.append((self.next, text))
        self.next += 1
        self.came.set()
        return self.next - 1

    def forget(self, offset: int) -> None:
        self.queue = [each for each in self.queue if each[0] >= offset]

    def says(self, chat: int, text: str, **more: Any) -> int:
        return self.brings({"message": message(chat, text=text, **more)})

    def heard_by(self, chat: int) -> list[str]:
        """What a chat was sent."""
        return [each["text"] for each in self.sent if each["chat_id"] == str(chat)]


def message(chat: int, **fields: Any) -> dict[str, Any]:
    """One as the platform makes it, in a chat of two unless `type` says another."""
    kind = fields.pop("type", "private")
    return {
        "message_id": 1, "date": 1, "chat": {"id": chat, "type": kind},
        "from": {"id": abs(chat), "is_bot": False, "first_name": "村民"}, **fields,
    }  # fmt: skip


def ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def refusal(code: int, description: str = "no", **more: object) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description, **more}
    return web.json_response(body, status=code)


def routes(it: Peer) -> web.Application:
    async def fault(request: web.Request, faults: list[Any]) -> web.StreamResponse | None:
        """The next one: an answer, or 'slow', or 'half'."""
        if not faults:
            return None
        found = faults.pop(0)
        if found == "slow":
            await it.held.wait()
            return None
        if found == "half":
            half = web.StreamResponse(headers={"Content-Length": "1000"})
            await half.prepare(request)
            await half.write(b'{"ok":true,"result":[{"update_id":5')
            assert request.transport
            request.transport.close()
            return half
        return found

    async def get_updates(request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        it.polls.append(asked)
        it.forget(asked["offset"])
        if not it.queue:
            it.came.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(it.came.wait(), 20)
            it.forget(asked["offset"])
        troubled = await fault(request, it.faults)
        if troubled is not None:
            return troubled
        batch = ",".join(text for _, text in it.queue[: asked["limit"]])
        body = f'{{"ok":true,"result":[{batch}]}}'.encode("utf-8", "surrogatepass")
        return web.Response(body=body, content_type="application/json")

    async def send(request: web.Request) -> web.StreamResponse:
        asked = dict(await request.post())
        troubled = await fault(request, it.refusals)
        if troubled is not None:
            return troubled
        if not 0 < len(str(asked["text"]).encode("utf-16-le")) <= 8192:
            return refusal(400, "Bad Request: message is too long")
        it.sent.append(asked)
        chat = {"id": int(str(asked["chat_id"])), "type": "private"}
        return ok({"message_id": len(it.sent), "date": 1, "chat": chat})

    async def press(request: web.Request) -> web.Response:
        it.pressed.append({name: str(each) for name, each in (await request.post()).items()})
        return ok(True)

    async def set_commands(request: web.Request) -> web.Response:
        it.commands = json.loads(str((await request.post())["commands"]))
        return ok(True)

    async def get_me(_request: web.Request) -> web.Response:
        return ok({"id": 77, "is_bot": True, "first_name": "乡声"})

    async def get_file(request: web.Request) -> web.Response:
        asked = str((await request.post())["file_id"])
        if asked == "large":
            return refusal(400, "Bad Request: file is too big")
        if asked == "unknown":
            return refusal(400, "Bad Request: wrong file_id")
        if asked == "stumbles":
            return refusal(500)
        return ok({"file_id": asked, "file_unique_id": asked, "file_path": f"photos/{asked}"})

    async def file(request: web.Request) -> web.StreamResponse:
        asked = request.match_info["file"]
        if asked == "slow":
            await it.held.wait()
        if asked == "broken":
            return web.Response(status=500)
        if asked == "half":
            half = web.StreamResponse(headers={"Content-Length": "1000"})
            await half.prepare(request)
            await half.write(b"\xff\xd8")
            assert request.transport
            request.transport.close()
            return half
        if asked == "larger":
            return web.Response(body=bytes(21 * 1024 * 1024))
        if asked in it.files:
            return web.Response(body=it.files[asked])
        return web.Response(status=404)

    app = web.Application()
    bot = f"/bot{TOKEN}"
    for method, handler in {
        "getUpdates": get_updates, "sendMessage": send, "answerCallbackQuery": press,
        "setMyCommands": set_commands, "getFile": get_file, "getMe": get_me,
    }.items():  # fmt: skip
        app.router.add_post(f"{bot}/{method}", handler)

    async def unknown(_request: web.Request) -> web.Response:
        return refusal(401, "Unauthorized")

    app.router.add_post("/bot{token}/{method}", unknown)
    app.router.add_get(f"/file{bot}/photos/{{file}}", file)
    return app


@asynccontextmanager
async def peer() -> AsyncIterator[Peer]:
    """On a free port, until the block ends."""
    made = Peer()
    runner = web.AppRunner(routes(made), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        made.held.set()
        made.came.set()
        await runner.cleanup()
