"""A new step is one card and its sentences: it then stands at the desk, in the API, the docs and the diagram.

Tried on a copy of the sources, by a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.offices import ROOT

CARD = """
    VISIT = "visit", Card(
        label="上门查看", moves=to(S.IN_PROGRESS, S.SIGNED), who=_WORK, part=Part.HANDLING,
        apart=_CHECKED, says=INSIDE, usual=(S.SIGNED,),
    )
"""
SENTENCES = """
[step.visit]
prompt = "看到什么"
hint = "哪天去的,看了哪几处。"
done = "上门查看记下了。"
apart = "您审核过这件,不能再上门。"
"""

#: What the process says of a desk with the new step: page, API, page of rules, diagram.
PLAY = """
import asyncio, json, sys
from pathlib import Path
import httpx
from api.app import create_app
from casework.queue import Tab, View
from casework.actions import handling
from casework.diagram import mermaid
from casework.rulebook import page
from casework.tickets import Action
from tests.offices import CONTENT, COUNTY, LEAKING_ROOF, knowing, open_office

async def well():
    return {}

async def main():
    async with open_office(Path(sys.argv[1])) as office:
        await office.office.intake.file(LEAKING_ROOF)
        async with office.reading() as reading:
            (clerk,) = await reading.people.in_unit(COUNTY)
            queue = await reading.queue.page(View(tab=Tab.NEW), reader=clerk, now=office.clock.now())
        number, ring = queue.lines[0].number, await office.keyring(clerk)
        for step in ("accept", "dispatch", "sign"):
            await handling.act(office.office, ring, number, Action(step))
        app = create_app(office=office.office, knowing=knowing, health=well, secure=False, demo=True)
        transport, token = httpx.ASGITransport(app=app), await office.signs_in(clerk)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            bearer = {"authorization": f"Bearer {token}"}
            steps = await client.get("/api/v1/tickets/steps", headers=bearer)
            offered = await client.get(f"/api/v1/tickets/{number}", headers=bearer)
            schema = await client.get("/api/openapi.json")
            client.cookies.set("desk", token)
            at = f"/desk/tickets/{number}"
            shown = await client.get(at)
            empty = await client.post(f"{at}/visit", data={"text": " "})
            taken = await client.post(f"{at}/visit", data={"text": "东屋漏了一片。"})
            after = await client.get(taken.headers["location"])
    print(json.dumps({
        "shown": shown.text, "steps": steps.json(), "offered": offered.json()["allowed"],
        "schema": schema.text, "empty": empty.text, "after": after.text,
        "page": page(CONTENT.steps), "diagram": mermaid(),
    }))

asyncio.run(main())
"""


def a_copy(folder: Path) -> Path:
    """The sources, with links to whatever a new step leaves alone."""
    for each in (*ROOT.glob("*/"), ROOT / "pyproject.toml"):
        if not each.name.startswith(".") and each.name not in ("casework", "content", "docs"):
            (folder / each.name).symlink_to(each)
    shutil.copytree(ROOT / "casework", folder / "casework")
    (folder / "content" / "henan-2019").mkdir(parents=True)
    for each in (ROOT / "content" / "henan-2019").iterdir():
        if each.name != "steps.toml":
            (folder / "content" / "henan-2019" / each.name).symlink_to(each)
    return folder


def a_new_step(folder: Path, sentences: str = SENTENCES) -> None:
    cards = (ROOT / "casework" / "steps.py").read_text(encoding="utf-8")
    before, mark, rest = cards.partition("    # With the reporter\n")
    assert mark
    (folder / "casework" / "steps.py").write_text(before + CARD + mark + rest, encoding="utf-8")
    said = (ROOT / "content" / "henan-2019" / "steps.toml").read_text(encoding="utf-8")
    (folder / "content" / "henan-2019" / "steps.toml").write_text(said + sentences, "utf-8")


def played(folder: Path) -> subprocess.CompletedProcess[str]:
    """In the copy, and nothing of the original: the first on the path is what is imported."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(  # our own interpreter and text
        [sys.executable, "-c", PLAY, str(folder / "house")],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def test_one_card_and_its_sentences_are_a_step_everywhere(tmp_path: Path) -> None:
    a_new_step(a_copy(tmp_path))

    ran = played(tmp_path)

    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout)
    assert "看到什么" in told["shown"]
    assert "哪天去的,看了哪几处。" in told["shown"]
    assert "请先写:看到什么。" in told["empty"]
    assert "上门查看记下了。" in told["after"]
    assert "东屋漏了一片。" in told["after"]
    (step,) = [each for each in told["steps"] if each["action"] == "visit"]
    assert (step["label"], step["moves"]) == ("上门查看", {"signed": "in_progress"})
    assert "visit" in told["offered"]
    assert '"visit"' in told["schema"]
    assert "**上门查看** `visit` | 承办人、督办员(承办单位) | 已签收 → 办理中" in told["page"]
    assert "signed --> in_progress: 开始办理、上门查看" in told["diagram"]


def test_a_card_without_its_sentences_stops_the_start_and_says_which(tmp_path: Path) -> None:
    a_new_step(a_copy(tmp_path), sentences="")

    ran = played(tmp_path)

    assert "steps.toml 的 [step.visit]:少了这一节。" in ran.stderr
