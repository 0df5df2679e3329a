"""`demo`, `serve`, `work`, `talk`: what runs for long."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import sys
from typing import Annotated

import typer
import uvicorn

from bot.channels.terminal import talk as talk_in_terminal
from casework.refusals import BadInput
from runtime import demo as demo_office
from runtime.commands.common import console, run, service
from runtime.processes import make_app, work
from runtime.settings import Settings, load_settings, unknown_variables
from runtime.wiring import Service, open_service


class Server(uvicorn.Server):
    """uvicorn, with something to do once the port is open."""

    opened: asyncio.Event

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.opened.set()


def _server(service: Service, *, with_worker: bool) -> Server:
    settings = service.settings
    # No access log: it would keep addresses beside the hour of a report.
    config = uvicorn.Config(
        make_app(service, with_worker=with_worker),
        host=settings.host, port=settings.port, access_log=False, log_level="warning",
        server_header=False, timeout_graceful_shutdown=5,
        # Whose address a proxy forwards is believed of the proxies that are named, of nobody else.
        proxy_headers=bool(settings.proxies), forwarded_allow_ips=settings.proxies or None,
    )  # fmt: skip
    server = Server(config)
    server.opened = asyncio.Event()
    return server


def free_port(settings: Settings, *, tries: int = 1) -> int:
    """The wanted port, or of the next ones the first that is free. Raises `BadInput` where there is
    none, or where the address is not one of this machine."""
    for port in range(settings.port, min(settings.port + tries, 65536)):
        try:
            _try(settings.host, port)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE:
                raise BadInput(
                    f"{settings.host} 的 {port} 端口开不了({fault.strerror})。改 XIANGSHENG_HOST 或 XIANGSHENG_PORT。"
                    f"Cannot listen on {settings.host} port {port}: change XIANGSHENG_HOST or XIANGSHENG_PORT."
                ) from fault
        else:
            return port
    raise BadInput(
        f"{settings.port} 端口被别的程序占着。换一个:XIANGSHENG_PORT=…。"
        f"Port {settings.port} is in use; choose another: XIANGSHENG_PORT=…."
    )


def _try(host: str, port: int) -> None:
    for family, kind, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:  # as the server binds it
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind(address)


def _warn_unknown() -> None:
    for name in unknown_variables():
        console.print(f"[yellow]不认识的设置:{name}(写错了吗?)[/yellow]")


def demo() -> None:
    _warn_unknown()
    run(_demo)


async def _demo() -> None:
    settings = load_settings()
    port = free_port(settings, tries=20)
    if port != settings.port:
        console.print(f"[yellow]{settings.port} 端口被占用,改用 {port}[/yellow]")
    settings = settings.model_copy(update={"port": port})
    opened = await open_service(settings, demo=True)
    await demo_office.staff(opened, demo_office.first_units(opened))
    server = _server(opened, with_worker=True)
    serving = asyncio.create_task(server.serve())
    await server.opened.wait()
    if server.started:
        await _greet(opened)
        await demo_office.staff(opened)
        await demo_office.cases(opened)
        _say("假的案件也放好了。")
    await serving


async def _greet(opened: Service) -> None:
    base, texts = opened.settings.base_url, opened.office.content.texts
    link = await demo_office.login_link(opened)
    handler = await demo_office.first_of(opened, demo_office.invented(opened).unit)
    _say(f"""
乡声 演示已经开始(Ctrl-C 结束)

  村民入口      {base}/
  微信里的样子  {base}/demo/wechat
  工作人员登录  {link}
                (一次性链接,10分钟内有效;再要一个:xiangsheng staff login-link)
  用密码登录    {base}/desk/login
                姓名 {handler.name}  密码 {demo_office.DEMO_PASSWORD}
  换个人看      {base}/desk/as
  API 文档      {base}/api/docs

在村民入口试这三句:
  {texts("demo.question")}
  {texts("demo.report")}
  {texts("demo.danger")}

演示用的钥匙放在 {opened.settings.data_dir / "demo-keys.json"},真的机构不会这样放。""")


def _say(words: str) -> None:
    """At once, also where somebody else reads along."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def serve(
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="定时和发送也在这个进程")
    ] = False,
) -> None:
    _warn_unknown()

    async def serving() -> None:
        settings = load_settings()
        free_port(settings)
        opened = await open_service(settings)
        await _server(opened, with_worker=with_worker).serve()

    run(serving)


def worker() -> None:
    _warn_unknown()

    async def working() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stop.set)
        async with service() as opened:
            await work(opened, stop)

    run(working)


def talk() -> None:

    async def talking() -> None:
        async with service() as opened:
            await talk_in_terminal(
                opened.reception, stdin=sys.stdin, stdout=sys.stdout, caller="terminal"
            )

    run(talking)
