"""What one process runs: the web, the scheduler, the channels and the pump, each told when to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.app import JSON_ROUTERS, OTHER_ROUTERS, create_app
from api.figures import Figures
from api.pages.counties import counties_pages
from api.routers.counties import counties_api
from casework.actions.alerting import call_out
from casework.delivery import Sender
from casework.refusals import Refusal
from runtime.readiness import OPEN, why_closed
from runtime.settings import ways_of
from runtime.wiring import Service
from scheduler.clockwork import wind
from scheduler.pump import Pump

log = logging.getLogger(__name__)


def make_app(service: Service, *, with_worker: bool) -> FastAPI:
    """The web process; with the worker in it when there is only one process."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        beside = _watched(work(service, stop)) if with_worker else service.live.watch(stop)
        background = [asyncio.create_task(beside)]
        filling = asyncio.create_task(_fill_codes(service))
        try:
            yield
        finally:
            stop.set()
            filling.cancel()
            for task in (*background, filling):
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await service.close()

    async def health() -> Mapping[str, object]:
        says = await why_closed(service.store)
        return {"ready": not says, "says": says or OPEN, "content": service.office.content.version}

    if with_worker:
        _ = service.notifiers  # a setting that is half made stops the start, not the worker
    service.live.understanding()  # made ready before the port is open: nobody's question waits for it
    secure, figures = service.settings.is_secure, Figures(service.live)
    return create_app(
        office=service.office,
        knowing=service.live.understanding,
        extra=[
            counties_pages(figures),
            *(route for channel in service.channels for route in channel.routes()),
        ],
        api=(*JSON_ROUTERS, counties_api(figures), *OTHER_ROUTERS),
        health=health,
        secure=secure,
        demo=service.demo,
        ways=ways_of(service.settings),
        registry=service.figures,
        lifespan=lifespan,
    )


async def _watched(work: Coroutine[None, None, None]) -> None:
    """Beside a web that answers nobody sees a worker end: it is said where machines are watched."""
    try:
        await work
    except Exception as fault:
        log.critical("the worker ended", extra={"fault": type(fault).__name__})
        raise


async def _fill_codes(service: Service) -> None:
    """After the port is open: ready receipt codes, one Argon2 at a time."""
    await asyncio.sleep(1)
    service.store.house.codes.start()


async def work(service: Service, stop: asyncio.Event) -> None:
    """Scheduler, channels and pump, until told to stop."""
    channels = service.channels
    senders = {each.name: each.sender for each in channels if each.sender}
    senders |= service.notifiers.senders
    running = [service.live.watch(stop), *(each.run(stop) for each in channels)]
    running.append(_alarms(service, stop))
    clockwork = await wind(service.jobs(), service.office)
    if senders:
        running.append(_pump(service, senders, stop))
    try:
        await asyncio.gather(stop.wait(), *running)
    finally:
        await clockwork.stop()


async def _alarms(service: Service, stop: asyncio.Event) -> None:
    """Somebody is told within seconds of what cannot wait."""
    from scheduler.alarms import EVERY, raise_alarms

    out, url = service.notifiers, f"{service.settings.base_url}/desk"
    while not stop.is_set():
        try:
            await raise_alarms(service.office, out.house, url)
            await call_out(service.office, out.senders.keys(), url)
        except Exception as fault:  # the top of the loop: logged, and the next round goes on
            log.warning("nobody told", extra={"fault": type(fault).__name__})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)


async def _pump(service: Service, senders: Mapping[str, Sender], stop: asyncio.Event) -> None:
    try:
        await Pump(service.office, senders, service.worker).run(stop)
    except Refusal as refusal:
        log.error("pump stopped", extra={"fault": refusal.code})
