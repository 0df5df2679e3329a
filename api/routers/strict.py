"""Routes for programs: a parameter nobody knows is refused, never ignored in silence."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from functools import cached_property
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from casework.refusals import BadInput


class Out(BaseModel):
    """What a program is answered: every field named in the documentation, and no other."""

    model_config = ConfigDict(extra="forbid")


def _asked_in_the_address(of: Dependant) -> Iterator[str]:
    """The parameters of a route and of whatever it depends on."""
    yield from (each.alias for each in of.query_params)
    for each in of.dependencies:
        yield from _asked_in_the_address(each)


class StrictRoute(APIRoute):
    """A slip of the pen in an address gives another list than was meant: it is said."""

    @cached_property
    def known(self) -> tuple[str, ...]:
        return tuple(_asked_in_the_address(self.dependant))

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            if strange := sorted(set(request.query_params) - set(self.known)):
                known = f"可以写:{'、'.join(self.known)}。" if self.known else "这里一项也没有。"
                raise BadInput(f"网址里有不认识的 {strange[0][:40]}。{known}")
            return await handle(request)

        return strictly
