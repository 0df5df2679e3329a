"""`bench`: what the product measures about itself, as ratios inside one run, with the shipped settings."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.progress import Progress
from rich.table import Table

from casework.receipts import code_from
from library.live import Live
from runtime.bench.cost import Cost, cost_of, with_many_times_the_topics
from runtime.bench.desk import measured_desk
from runtime.bench.facts import measured_facts
from runtime.bench.load import Ask, Round, all_of, beside, client, get, interleaved, post
from runtime.bench.understanding import compared, measured
from runtime.commands.common import console, day, show_json
from runtime.settings import load_settings
from runtime.wiring import place_of

app = typer.Typer(no_args_is_help=True)

#: As long as people write who have written it down first: about 1,700 bytes.
TEXT = (
    "领导你们好,俺家在村东头,三间土坯房,是俺爷那辈盖的,前年下大雨塌了一个角,西屋的梁也朽了,拿木棍顶着。"
    "村里来人看过,拍了照片,量了尺寸,说能评上D级,让写申请、交身份证复印件。俺按他们说的都交了,左等右等没有信儿。"
    "后来听人说,评上的名单贴出来过一天,就叫撕了。俺去问,人家说名额满了,叫俺等下一批;又过了一阵,有人来说,"
    "要是急着办,先交三千块钱押金,说是盖好了退,不交就往后排。俺东借西凑交了两千,没有给收据,只叫俺在一个本子上按了手印。"
    "去年腊月开始盖,包工的是外村来的,地基挖得浅,石头底下填的是碎砖,圈梁也没有打,俺说这不中,他说就给这些钱,就干这些活。"
    "盖了一半停了俩月,过完年才封顶。今年开春下头一场雨,东墙就裂了一道缝,从房檐一直到窗台,手指头能伸进去,屋里一股土味。"
    "俺打电话叫包工的来看,他先说来,后来电话也不接了。验收的时候也没叫俺在跟前,俺不知道是谁签的字。补助说是一万八,卡上到账一万二,"
    "还差六千,问谁都说不清楚,有的说是扣了材料钱,有的说是上头没有拨下来。俺不识几个字,这是叫俺侄女替俺写的。"
    "俺娘今年七十多,腿脚不好,下雨天就搬个板凳坐在门口,不敢在屋里睡,说怕夜里听不见响。邻居家去年也是这一批盖的,"
    "他家也裂,不过没有俺家厉害,他不愿意出头。村里开会说过,谁家有意见可以提,可提了也没有人记,过后就没有下文了。"
    "俺就想弄明白三件事:押金啥时候退,墙裂了谁来管,差的那六千到哪儿去了。俺不想得罪人,就想有个说法。"
)
#: As a program hands it in that knows what it is about; and one that leaves that to us to hear.
SORTED = {"text": TEXT, "county": "410423", "kind": "quality", "category": "pay.amount"}
BODY = json.dumps(SORTED).encode()
TO_BE_HEARD = json.dumps({"text": TEXT, "county": "410423"}).encode()
OURS, ONE, BARE = "ours", "one-commit-each", "bare"
REPORTS = "/api/v1/reports"
LOOKUP, MESSAGES = f"{REPORTS}/lookup", f"{REPORTS}/messages"
#: The most codes the product keeps ready.
READY = 512
#: Seconds between two questions whether it is ready: a machine asks more seldom.
PROBE = 0.05
#: So many times the topics are there for what they cost.
MANY = 10
Json = Annotated[bool, typer.Option("--json")]


@app.command("understanding")
def understanding(
    sets: Annotated[Path, typer.Option("--set", help="评测的句子放在哪个文件夹")] = Path(
        "tests/evaluation"
    ),
    county: Annotated[
        str, typer.Option("--county", help="问的人是哪个县的,县的6位代码")
    ] = "410423",
    today: Annotated[str | None, typer.Option("--today", help="当作哪一天,如 2026-11-23")] = None,
    by_style: Annotated[
        bool, typer.Option("--by-style", help="再按说法分:平常的、绕着说的、语音转的……")
    ] = False,
    with_cost: Annotated[
        bool, typer.Option("--cost", help="再量花多少:备好要多久、占多少内存、一句话多少CPU")
    ] = False,
    as_json: Json = False,
) -> None:
    """没教过的话听得准不准:问话、危险、威胁、反映、闲话;反映的事认得准不准:哪一类、哪个县、谁、多少钱、啥时候、认得出人的字。每个数带 95% 的范围;问的是哪一条,跟两种不学的办法比。"""
    knows = Live(place_of(load_settings())).understanding()
    found = measured(knows, sets, today=day(today), county=county)
    measured_facts(found, knows, sets, today=day(today))
    ways = compared(knows, sets, load_settings().content / "jieba.txt")
    costs = list(_costs(sets, county, day(today))) if with_cost else []
    if as_json:
        topics = {name: (first.value, three.value) for name, (first, three) in ways.items()}
        shown = {"figures": found.values(), "kinds": found.kinds, "topics": topics}
        show_json(shown | ({"cost": [asdict(each) for each in costs]} if costs else {}))
        return
    styles = sorted({style for _, style in found.by_style})
    table = Table("", "句数", "比例", "95%", box=None)
    for name, share in found.shares.items():
        low, high = share.interval()
        table.add_row(name, str(share.of), f"{share.value:.3f}", f"{low:.2f}-{high:.2f}")
        for style in styles if by_style else ():
            each = found.by_style[name, style]
            if each.of:
                table.add_row(f"  {style}", str(each.of), f"{each.value:.3f}", "", style="dim")
    console.print(table)
    table = Table("", "头一条就对", "三条里有", box=None)
    for name, (first, three) in ways.items():
        table.add_row(name, f"{first.value:.3f}", f"{three.value:.3f}")
    console.print(table)
    for kind, led_to in found.kinds.items():
        console.print(f"{kind}: {', '.join(f'{k} {n}' for k, n in led_to.most_common())}")
    if costs:
        _show_costs(costs)


def _costs(sets: Path, county: str, today: date) -> Iterator[Cost]:
    """Of the programme as it is, and with ten times the topics."""
    folder = load_settings().content
    yield cost_of(folder, sets, today=today, county=county)
    with tempfile.TemporaryDirectory() as beside_it:
        many = with_many_times_the_topics(folder, MANY, Path(beside_it, "many"))
        yield cost_of(many, sets, today=today, county=county)


def _show_costs(costs: Sequence[Cost]) -> None:
    table = Table("多少条", "备好(CPU 秒)", "内存(MB)", "一句(CPU 毫秒)", "95%", box=None)
    for each in costs:
        figures = (each.ready, each.memory, each.mean, each.p95)
        shown = (f"{x:.{n}f}" for x, n in zip(figures, (2, 0, 1, 1), strict=True))
        table.add_row(str(each.topics), *shown)
    console.print(table)


@app.command("file-report")
def file_report(
    reports: Annotated[int, typer.Option("--reports", max=READY, help="每轮登记多少件")] = 400,
    clients: Annotated[int, typer.Option("--clients")] = 8,
    rounds: Annotated[int, typer.Option("--rounds")] = 3,
    as_json: Json = False,
) -> None:
    """登记的速度,都走 HTTP:备好编号时的一阵,对每件提交一次,对光秃秃的成批提交;编号用完以后。"""
    few = max(50, reports // 10)
    counts = {OURS: reports, ONE: few, BARE: reports}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ready = {OURS: READY, ONE: few, BARE: 0}
        ports = {
            name: stack.enter_context(_server(name, folder / name, ready[name])) for name in counts
        }

        def measure(name: str) -> Round:
            _until_ready(ports, ready)
            return asyncio.run(all_of(ports[name], _filings(counts[name]), clients))

        found = interleaved(rounds, list(counts), measure)
        _until_ready(ports, ready)
        heard = asyncio.run(all_of(ports[OURS], _filings(reports // 2, TO_BE_HEARD), clients))
        _until_ready(ports, ready)
        rush = asyncio.run(all_of(ports[OURS], _filings(1000), 32))
        dry = asyncio.run(all_of(ports[OURS], _filings(100), 8))
    _show_filing(found, heard, rush, dry, reports, clients, as_json=as_json)


def _filings(count: int, body: bytes = BODY) -> Iterator[Ask]:
    for _ in range(count):
        yield post(REPORTS, body, done=201, key=secrets.token_hex(12))


def _show_filing(
    found: dict[str, list[Round]],
    heard: Round,
    rush: Round,
    dry: Round,
    reports: int,
    clients: int,
    *,
    as_json: bool,
) -> None:
    middle = {
        name: sorted(rounds, key=lambda r: r.rate)[len(rounds) // 2]
        for name, rounds in found.items()
    }
    of_bare = sorted(a.rate / b.rate for a, b in zip(found[OURS], found[BARE], strict=True))
    of_one = sorted(a.rate / b.rate for a, b in zip(found[OURS], found[ONE], strict=True))
    refused = sum(each.refused for rounds in found.values() for each in rounds)
    result = {
        "reports": reports,
        "clients": clients,
        "per_second": {name: round(each.rate, 1) for name, each in middle.items()},
        "p95_ms": {name: round(each.wait(0.95), 1) for name, each in middle.items()},
        "of_bare": [round(each, 2) for each in of_bare],
        "times_one_commit_each": [round(each, 2) for each in of_one],
        "to_be_heard_per_second": round(heard.rate, 1),
        "a_thousand_at_32": {
            "per_second": round(rush.rate, 1),
            "p95_ms": round(rush.wait(0.95), 1),
        },
        "sustained_without_ready_codes": round(dry.rate, 1),
        "refused": refused + heard.refused + rush.refused + dry.refused,
    }
    if as_json:
        show_json(result)
        return
    for name, each in middle.items():
        console.print(f"{name:16} {each.rate:8.0f} 件/秒  p95 {each.wait(0.95):.0f} 毫秒")
    console.print(f"对光秃秃的成批提交:{of_bare[len(of_bare) // 2]:.0%},每轮 {result['of_bare']}")
    console.print(
        f"对每件提交一次:{of_one[len(of_one) // 2]:.1f} 倍,每轮 {result['times_one_commit_each']}"
    )
    console.print(f"没说是哪一类、要整段听一遍的:{heard.rate:.0f} 件/秒")
    console.print(
        f"32 个客户端一下子交 1000 件(备好 {READY} 个编号):{rush.rate:.0f} 件/秒,"
        f"p95 {rush.wait(0.95):.0f} 毫秒"
    )
    console.print(f"编号用完以后:{dry.rate:.1f} 件/秒;被拒 {result['refused']} 件。")


@app.command("desk")
def desk(
    few: Annotated[int, typer.Option("--few", min=64, help="先放几件")] = 5_000,
    many: Annotated[int, typer.Option("--many", min=128, help="再放到几件")] = 50_000,
    as_json: Json = False,
) -> None:
    """件少和件多的时候,省里的队列一页要多久、多大、问数据库几句。放五万件要几分钟。"""
    with tempfile.TemporaryDirectory() as folder, Progress(console=console) as progress:
        filed = progress.add_task("登记", total=many, visible=not as_json)
        found = asyncio.run(
            measured_desk(
                Path(folder), (few, many), TEXT,
                lambda n: progress.update(filed, completed=n),
            )
        )  # fmt: skip
    if as_json:
        shown = {n: {name: asdict(each) for name, each in of.items()} for n, of in found.items()}
        show_json(shown)
        return
    table = Table("", f"{few} 件", f"{many} 件", "倍", "KB(压缩)", "句", box=None)
    for name, little in found[few].items():
        much = found[many][name]
        table.add_row(
            name, f"{little.milliseconds:.1f} ms", f"{much.milliseconds:.1f} ms",
            f"{much.milliseconds / little.milliseconds:.2f}", f"{much.size / 1000:.1f}",
            str(much.statements),
        )  # fmt: skip
    console.print(table)


@app.command("look-up")
def look_up(
    seconds: Annotated[float, typer.Option("--seconds", help="每一段量多久")] = 6.0,
    as_json: Json = False,
) -> None:
    """有人乱猜编号、很多人查编号、很多人补充的时候,登记、查询、就绪检查各要多久。"""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(_server(OURS, folder, READY))
        _until_ready({OURS: port}, {OURS: READY})
        found = asyncio.run(_under_look_ups(port, seconds))
    if as_json:
        show_json(found)
        return
    for name, value in found.items():
        console.print(f"{name:44} {value}")


async def _under_look_ups(port: int, seconds: float) -> dict[str, Any]:
    """Filing beside wrong guessers and beside people who add, in quiet before, between and after
    them; and the look-ups."""
    codes, quiet = await _receipts(port, 16), Round()
    await _in_quiet(port, quiet, seconds)
    async with beside(port, [_guesses(n) for n in range(8)]):
        good = [_look_ups(code, n) for n, code in enumerate(codes[:4])]
        filing, looked, ready = await asyncio.gather(
            _for(port, [_one_by_one()], seconds),
            _for(port, good, seconds),
            _for(port, [repeat(get("/readyz"))], seconds, pause=PROBE),
        )
    await _in_quiet(port, quiet, seconds)
    eight = await _for(port, [_look_ups(code, n) for n, code in enumerate(codes[:8])], seconds)
    async with beside(port, [_additions(code, n) for n, code in enumerate(codes[8:])]) as added:
        bystander = await _for(port, [_one_by_one()], seconds)
    await _in_quiet(port, quiet, seconds)
    return {
        "filing_quiet_p50_ms": round(quiet.wait(0.5), 1),
        "filing_beside_8_guessers_p50_ms": round(filing.wait(0.5), 1),
        "filing_beside_8_guessers_times_quiet": round(filing.wait(0.5) / quiet.wait(0.5), 2),
        "filing_quiet_p95_ms": round(quiet.wait(0.95), 1),
        "filing_beside_8_guessers_p95_ms": round(filing.wait(0.95), 1),
        "good_look_ups_beside_guessers_answered": round(looked.accepted / len(looked.waits), 3),
        "good_look_ups_beside_guessers_p95_ms": round(looked.wait(0.95), 1),
        "readyz_beside_guessers_p95_ms": round(ready.wait(0.95), 1),
        "look_up_8_clients_p95_ms": round(eight.wait(0.95), 1),
        "look_up_8_clients_per_second": round(eight.rate, 1),
        "filing_beside_8_adding_p50_ms": round(bystander.wait(0.5), 1),
        "filing_beside_8_adding_times_quiet": round(bystander.wait(0.5) / quiet.wait(0.5), 2),
        "added_meanwhile": added.accepted,
        "refused": quiet.refused + filing.refused + looked.refused + eight.refused
        + bystander.refused + added.refused,
    }  # fmt: skip


async def _receipts(port: int, count: int) -> list[str]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as web:
        headers = {"Content-Type": "application/json"}
        made = [await web.post(REPORTS, content=BODY, headers=headers) for _ in range(count)]
    return [each.json()["receipt"] for each in made]


async def _for(
    port: int, several: Sequence[Iterator[Ask]], seconds: float, *, pause: float = 0.0
) -> Round:
    """Clients that ask again and again for so long; what they had begun is waited for."""
    until, done = time.perf_counter() + seconds, Round(seconds=seconds)

    def while_time(asks: Iterator[Ask]) -> Iterator[Ask]:
        for ask in asks:
            if time.perf_counter() >= until:
                return
            yield ask

    await asyncio.gather(*(client(port, while_time(asks), done, pause) for asks in several))
    return done


async def _in_quiet(port: int, so_far: Round, seconds: float) -> None:
    """Adds how long it takes when nobody else is there; all codes are ready before and after it."""
    await asyncio.to_thread(_until_ready, {OURS: port}, {OURS: READY})
    found = await _for(port, [_one_by_one()], seconds / 3)
    so_far.waits += found.waits
    so_far.refused += found.refused
    await asyncio.to_thread(_until_ready, {OURS: port}, {OURS: READY})


def _one_by_one() -> Iterator[Ask]:
    """Reports of one person after the other, as long as plenty of codes are ready."""
    for _ in range(READY // 2):
        yield post(REPORTS, BODY, done=201, key=secrets.token_hex(12))


def _guesses(n: int) -> Iterator[Ask]:
    while True:
        body = json.dumps({"receipt": code_from(secrets.token_bytes(32))}).encode()
        yield post(LOOKUP, body, of=f"203.0.113.{n + 1}")


def _look_ups(code: str, n: int) -> Iterator[Ask]:
    return repeat(post(LOOKUP, json.dumps({"receipt": code}).encode(), of=f"198.51.100.{n + 1}"))


def _additions(code: str, n: int) -> Iterator[Ask]:
    body = json.dumps({"receipt": code, "text": "又过了一个月,还是没有到账。"}).encode()
    return repeat(post(MESSAGES, body, done=201, of=f"192.0.2.{n + 1}"))


@contextlib.contextmanager
def _server(kind: str, folder: Path, ready: int) -> Iterator[int]:
    """A server in a process of its own, ended by its pid."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    module = "runtime.bench.servers"
    command = [sys.executable, "-m", module, kind, str(port), str(folder), str(ready)]
    child = subprocess.Popen(command)  # noqa: S603  # our own module, no shell
    try:
        _until_it_listens(port, child)
        yield port
    finally:
        child.terminate()
        child.wait(20)


def _until_it_listens(port: int, child: subprocess.Popen[bytes]) -> None:
    while child.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=2)
            return
        time.sleep(0.1)
    raise typer.BadParameter("基准用的服务没有起来")


def _until_ready(ports: dict[str, int], ready: dict[str, int]) -> None:
    """Wait until every server has the codes it keeps ready: what is measured is not their making."""
    for name, port in ports.items():
        address = f"http://127.0.0.1:{port}/ready-codes"
        while ready[name] and httpx.get(address, trust_env=False).json() < ready[name]:
            time.sleep(0.2)
