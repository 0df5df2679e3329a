"""One villager's words, the whole way, over two real processes: service and inbox."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from tests.forms import hands_in_now
from tests.promises.processes import (
    code_in,
    environment,
    free_port,
    its_day,
    run,
    started,
    this_month,
)

STORY = "村里每户收300块钱手续费,支书说不交不给报,没有收据。标记麦秸垛"


def test_a_report_is_answered_and_handed_over_once(tmp_path: Path) -> None:
    house, inbox = tmp_path / "house", tmp_path / "inbox"
    port, inbox_port = free_port(), free_port()
    base, inbox_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{inbox_port}"
    run("inbox", "init", "--folder", str(inbox), env=environment(house))
    env = environment(
        house,
        PORT=str(port),
        DISCIPLINE_URL=inbox_url,
        DISCIPLINE_KEYS=str(inbox / "card.json"),
    )
    told = run("init", "--card", str(inbox / "card.json"), env=env)
    public = re.search(r"inbox trust:(\S+)", told.replace("\n", ""))
    assert public
    run("inbox", "trust", public.group(1), "--folder", str(inbox), env=env)

    with (
        started(
            "inbox", "serve", "--folder", str(inbox), "--port", str(inbox_port),
            env=env, url=f"{inbox_url}/healthz", log=tmp_path / "inbox.log",
        ),
        started("demo", env=env, url=f"{base}/healthz", log=tmp_path / "house.log"),
        httpx.Client(base_url=base, trust_env=False, verify=False, timeout=30) as villager,
    ):  # fmt: skip
        asked = villager.post("/ask", data={"q": "俺家危房能补多少钱"}).text
        assert "别处的例子" in asked
        form = {
            "story": STORY,
            "county": "410423",
            "office": "yes",
            "token": "one form and no other",
        }
        code = code_in(hands_in_now(villager, form).text)
        assert code_in(hands_in_now(villager, form).text) == code

        reply_to_it(villager, env)
        mailbox = villager.post("/status", data={"code": code}).text
        assert "查过了,钱退给您" in mailbox
        assert STORY in villager.post("/status", data={"code": code, "mine": "1"}).text

        assert "共" in run("jobs", "run", "hand-over", "--at", its_day(), "--really", env=env)
        for _ in range(3):
            run("batch", "send", env=env)

    listed = run("inbox", "list", "--folder", str(inbox), "--json", env=env)
    batches = run("batch", "list", "--json", env=env)

    assert '"receipt": true' in batches
    assert f"discipline-41-{this_month()}" in listed
    assert (
        "麦秸垛" not in (tmp_path / "house.log").read_text() + (tmp_path / "inbox.log").read_text()
    )
    for file in [*house.rglob("*"), *inbox.rglob("*")]:
        if file.is_file():
            assert "麦秸垛".encode() not in file.read_bytes(), file.name


def bearer_of(unit: str, env: dict[str, str]) -> dict[str, str]:
    """The token of the first person of a unit."""
    people = [line.split() for line in run("staff", "list", env=env).splitlines()]
    person = next(p for p in people if len(p) > 2 and p[2] == unit)
    return {"Authorization": f"Bearer {run('staff', 'token', person[0], env=env).split()[-1]}"}


def reply_to_it(client: httpx.Client, env: dict[str, str]) -> None:
    """The county's handler signs and drafts, the city passes the draft, it goes out by the API."""
    bearer, reviewer = (bearer_of(unit, env) for unit in ("housing-410423", "housing-4104"))
    page = client.get("/api/v1/tickets", params={"tab": "new"}, headers=bearer).json()
    for line in page["tickets"]:
        whole = client.get(f"/api/v1/tickets/{line['number']}", headers=bearer).json()
        if whole["story"] == STORY:
            break
    for action, text, who in (
        ("accept", "", bearer), ("dispatch", "", bearer), ("sign", "", bearer),
        ("submit", "查过了,钱退给您。", bearer), ("pass", "", reviewer), ("reply", "", bearer),
    ):  # fmt: skip
        answer = client.post(
            f"/api/v1/tickets/{line['number']}/actions",
            json={"action": action, "text": text},
            headers=who,
        )
        assert answer.status_code == 200, answer.text
