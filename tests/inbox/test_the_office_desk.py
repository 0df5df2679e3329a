"""The office's desk: opened by a link that works once, it shows what only the office can open."""

from __future__ import annotations

import io
import socket
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from inbox.cabinet import OUTCOMES, Cabinet
from inbox.keys import NoKeys, load_keys, make_keys, trust
from inbox.names import load_names
from inbox.receiving import Reception
from inbox.server import create_app
from papers.archive import Acknowledgement, inner_digest, pack
from runtime.cli import app
from tests.inbox.conftest import NOW, OFFICE, Browser, Housing
from tests.offices import ROOT

FORMULA = '=HYPERLINK("http://example.org","点我") <b>枣树</b>'
RUN = CliRunner()


async def enter(desk: Browser) -> None:
    assert (await desk.get(desk.link)).status_code == 200


async def test_a_pushed_batch_is_answered_with_the_signed_receipt(
    desk: Browser, housing: Housing
) -> None:
    batch = housing.batch(housing.clue("AAA", FORMULA))
    digest = inner_digest(pack(batch, housing.key))

    answers = [
        await desk.put(
            f"/batches/{batch.number}",
            content=housing.send(batch),
            headers={"X-Digest": digest},
        )
        for _ in range(3)
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert Acknowledgement.from_text(answers[0].text, housing.card.signing).digest == digest


async def test_what_does_not_fit_is_a_422_and_other_content_a_409(
    desk: Browser, housing: Housing
) -> None:
    first, second = housing.clue("AAA", "甲"), housing.clue("BBB", "乙")
    both, one = housing.batch(first, second), housing.batch(first)
    path = f"/batches/{both.number}"

    assert (await desk.put(path, content=b"noise")).status_code == 422
    assert (await desk.put("/batches/other-2026-11", content=housing.send(both))).status_code == 422
    wrong = await desk.put(path, content=housing.send(both), headers={"X-Digest": "00"})
    assert wrong.status_code == 422
    assert (await desk.put(path, content=housing.send(both))).status_code == 200
    assert (await desk.put(path, content=housing.send(one))).status_code == 409
    assert (await desk.put(path, headers={"Content-Length": str(5 * 1024**3)})).status_code == 413


@pytest.mark.parametrize("path", ["/", "/clues/AAA", "/clues/AAA/files/f1", "/export.xlsx"])
async def test_without_the_link_nothing_is_shown(path: str, desk: Browser) -> None:
    answer = await desk.get(path)

    assert answer.status_code == 403
    assert "AAA" not in answer.text


async def test_the_link_works_once(desk: Browser) -> None:
    await enter(desk)
    desk.cookies.clear()

    again = await desk.get(desk.link)

    assert again.status_code == 403
    assert "用过了" in again.text


async def test_the_office_is_called_by_its_name_where_there_is_one(
    folder: Path, housing: Housing
) -> None:
    names = load_names(ROOT / "content" / "henan-2019")
    with_content = create_app(folder, now=lambda: NOW, names=names)
    async with (
        Browser(with_content) as named,
        Browser(create_app(folder, now=lambda: NOW)) as unnamed,
    ):
        await enter(named)
        await enter(unnamed)
        assert "<span>省纪委监委(演示)</span>" in (await named.get("/")).text
        assert "<span>discipline-41</span>" in (await unnamed.get("/")).text


async def test_a_clue_is_read_with_its_file_and_its_markup_is_harmless(
    desk: Browser, housing: Housing
) -> None:
    batch = housing.batch(housing.clue("AAA", FORMULA, file=b"a picture"))
    await desk.put(f"/batches/{batch.number}", content=housing.send(batch))
    await enter(desk)

    page = await desk.get("/clues/AAA")

    assert "&lt;b&gt;枣树&lt;/b&gt;" in page.text
    assert "<b>" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await desk.get("/clues/AAA/files/f1")).content == b"a picture"
    assert (await desk.get("/clues/AAA/files/f2")).status_code == 404
    assert (await desk.get("/clues/ZZZ")).status_code == 404
    assert "AAA" in (await desk.get("/")).text


async def test_a_formula_in_a_report_is_text_in_the_exported_list(
    desk: Browser, housing: Housing
) -> None:
    batch = housing.batch(housing.clue("AAA", FORMULA))
    await desk.put(f"/batches/{batch.number}", content=housing.send(batch))
    await enter(desk)

    sheet = openpyxl.load_workbook(io.BytesIO((await desk.get("/export.xlsx")).content)).active

    assert sheet is not None
    cells = {sheet.cell(1, n).value: sheet.cell(2, n) for n in range(1, sheet.max_column + 1)}
    assert (cells["反映的主要问题"].value, cells["反映的主要问题"].data_type) == (FORMULA, "s")
    assert cells["涉及金额(元)"].value == "5000"


def test_keys_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    made = RUN.invoke(app, ["inbox", "init", "--office", OFFICE, "--folder", str(tmp_path / "in")])
    again = RUN.invoke(app, ["inbox", "init", "--office", OFFICE, "--folder", str(tmp_path / "in")])

    assert (made.exit_code, again.exit_code) == (0, 1)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "in").iterdir()} == {0o600}
    private = load_keys(tmp_path / "in")
    assert private.age not in made.output
    assert private.card.age in made.output


def test_nobody_is_trusted_on_first_use(tmp_path: Path) -> None:
    make_keys(tmp_path / "in", OFFICE)

    with pytest.raises(NoKeys):
        create_app(tmp_path / "in", now=lambda: NOW)


def test_another_sender_s_key_does_not_slip_in(folder: Path, housing: Housing) -> None:
    other = load_keys(folder).card.signing
    kept = (folder / "sender.pub").read_text()

    refused = RUN.invoke(app, ["inbox", "trust", other, "--folder", str(folder)])

    assert refused.exit_code == 1
    assert (folder / "sender.pub").read_text() == kept
    assert RUN.invoke(app, ["inbox", "trust", "not a key", "--folder", str(folder)]).exit_code == 1


def test_a_disc_is_opened_listed_decided_and_exported(
    folder: Path, housing: Housing, tmp_path: Path
) -> None:
    batch = housing.batch(housing.clue("AAA", FORMULA))
    disc = tmp_path / "batch.age"
    disc.write_bytes(housing.send(batch))
    here = ["--folder", str(folder)]

    taken = RUN.invoke(app, ["inbox", "open", str(disc), *here])
    decided = RUN.invoke(app, ["inbox", "outcome", "AAA", "01", "--by", "经手人甲", *here])
    listed = RUN.invoke(app, ["inbox", "list", "--json", *here])
    saved = RUN.invoke(app, ["inbox", "export", str(tmp_path / "list.xlsx"), *here])

    assert [r.exit_code for r in (taken, decided, listed, saved)] == [0, 0, 0, 0], taken.output
    receipt = (tmp_path / "batch.receipt.json").read_text()
    assert Acknowledgement.from_text(receipt, housing.card.signing).batch == batch.number
    assert '"outcome": "01"' in listed.output
    assert (tmp_path / "list.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("words", [["99"], ["不受理"]])
def test_an_unknown_decision_or_one_without_its_reason_is_refused(
    words: list[str], folder: Path, housing: Housing, reception: Reception
) -> None:
    reception.take(housing.send(housing.batch(housing.clue("AAA", "甲"))), at=NOW)

    refused = RUN.invoke(app, ["inbox", "outcome", "AAA", *words, "--folder", str(folder)])

    assert refused.exit_code == 1
    assert Cabinet(folder).decisions("AAA") == []


@pytest.mark.parametrize("code", OUTCOMES)
def test_every_decision_is_added_and_none_replaced(
    code: str, folder: Path, housing: Housing, reception: Reception
) -> None:
    reception.take(housing.send(housing.batch(housing.clue("AAA", "甲"))), at=NOW)
    cabinet = Cabinet(folder)

    cabinet.decide("AAA", "06", note="", by="甲", at=NOW)
    cabinet.decide("AAA", code, note="理由", by="乙", at=NOW)

    assert [words for _, words, _, _ in cabinet.decisions("AAA")] == [
        "请反映人补充",
        OUTCOMES[code],
    ]
    assert cabinet.clues()[0].outcome == code


@pytest.mark.parametrize("command", [["list"], ["serve"], ["open", "x"], ["export", "x"]])
def test_a_folder_without_keys_is_a_sentence(command: list[str], tmp_path: Path) -> None:
    said = RUN.invoke(app, ["inbox", *command, "--folder", str(tmp_path / "none")])

    assert said.exit_code == 1
    assert "init" in said.output
    assert not (tmp_path / "none").exists()


def test_no_link_is_printed_to_an_inbox_that_did_not_open(housing: Housing, tmp_path: Path) -> None:
    make_keys(tmp_path / "mine", OFFICE)
    trust(tmp_path / "mine", housing.key.public_text)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = RUN.invoke(
            app, ["inbox", "serve", "--folder", str(tmp_path / "mine"), "--port", port]
        )

    assert said.exit_code != 0
    assert "/enter/" not in said.output
