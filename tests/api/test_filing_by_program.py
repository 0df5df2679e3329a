"""Reports by JSON: once, uniform, capped, and nothing said back that was said."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from fastapi import FastAPI

from casework.queue import Tab, View
from casework.receipts import code_from
from casework.routing import ROLES
from casework.transparency import verify_inclusion
from tests.api.conftest import colleague
from tests.offices import CITY, CONTENT, COUNTY, LUSHAN, PROVINCE, TestOffice

REPORTS = "/api/v1/reports"
LEAK = {"text": "新屋下雨漏一地", "county": LUSHAN, "kind": "quality", "category": "quality.leak"}
KEY = "2b7e1516-28ae-d2a6-abf7"
NOT_A_CODE = {"receipt": "1234"}


async def test_a_report_gets_a_receipt_a_date_and_its_place_in_the_log(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post(REPORTS, json=LEAK, headers={"Idempotency-Key": KEY})

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert len(body["receipt"]) == 20
    assert body["due"] > "2026-11-02"
    assert body["log"].keys() == {"index", "leaf", "size", "root"}


@pytest.mark.parametrize(
    ("told", "lowest"),
    [
        (LEAK, COUNTY),
        ({"text": "新屋下雨漏一地", "county": LUSHAN}, COUNTY),
        ({"text": "新屋下雨漏一地", "county": LUSHAN, "only_above_county": True}, CITY),
        # vague: nobody is named, and what it is about is not understood
        ({"text": "俺心里有话,不敢说是谁", "county": LUSHAN}, CITY),
        ({"text": "有人吃拿卡要", "county": LUSHAN}, CITY),
        ({"text": "他收了钱", "county": LUSHAN, "kind": "clue", "accused_role": "unclear"}, CITY),
        (
            {"text": "他收了钱", "county": LUSHAN, "kind": "clue", "accused_role": "team_leader"},
            COUNTY,
        ),
        # whom the text names counts beside whom the program names, sorted by it or not
        ({"text": "支书说是县住建局王科长叫收的", "county": LUSHAN}, CITY),
        (
            {
                "text": "平顶山市住建局要俺交钱",
                "county": LUSHAN,
                "accused_role": "village_secretary",
            },
            PROVINCE,
        ),
        (
            {
                "text": "县财政局压着钱不给",
                "county": LUSHAN,
                "kind": "service",
                "category": "pay.late",
            },
            CITY,
        ),
        # who is pressed for having spoken up is kept from the county, sorted by the program or not
        ({"text": "俺举报以后,支书带人堵俺家门", "county": LUSHAN}, CITY),
        (
            {
                "text": "俺举报以后,支书带人堵俺家门,屋还漏着",
                "county": LUSHAN,
                "kind": "quality",
                "category": "quality.leak",
            },
            CITY,
        ),
        # who is written to is not accused
        ({"text": "尊敬的县长您好,村会计扣了俺两千", "county": LUSHAN}, COUNTY),
    ],
)
async def test_the_answer_names_the_units_that_can_open_it(
    client: httpx.AsyncClient, told: dict[str, object], lowest: str
) -> None:
    answer = await client.post(REPORTS, json=told)

    offices = CONTENT.organisation
    line = [COUNTY, CITY, PROVINCE]
    reading = [*line[line.index(lowest) :], offices.discipline.id, offices.escrow.id]
    assert answer.json()["readers"] == [offices[unit].name for unit in reading]


@pytest.mark.parametrize("role", ["neighbour", "支书", "county_cadre ", "COUNTY_CADRE"])
async def test_an_unknown_role_is_refused_with_the_list(
    client: httpx.AsyncClient, small_office: TestOffice, role: str
) -> None:
    answer = await client.post(REPORTS, json={**LEAK, "accused_role": role})

    assert answer.status_code == 422
    assert all(known in answer.json()["detail"] for known in ROLES)
    async with small_office.reading() as reading:
        assert (await reading.log.head()).size == 0


async def test_the_same_key_twice_is_one_report_and_one_answer(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    answers = [
        (await client.post(REPORTS, json=LEAK, headers={"Idempotency-Key": KEY})).json()
        for _ in range(3)
    ]

    async with small_office.reading() as reading:
        county = await colleague(small_office, COUNTY)
        page = await reading.queue.page(
            View(tab=Tab.NEW), reader=county, now=small_office.clock.now()
        )

    assert answers[0] == answers[1] == answers[2]
    assert len(page.lines) == 1


async def test_the_same_key_three_times_at_once_is_one_report(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    key = {"Idempotency-Key": KEY}
    answers = await asyncio.gather(
        *(client.post(REPORTS, json=LEAK, headers=key) for _ in range(3))
    )

    async with small_office.reading() as reading:
        head = await reading.log.head()

    assert {answer.json()["receipt"] for answer in answers} == {answers[0].json()["receipt"]}
    assert head.size == 1


def form_of(told: dict[str, object]) -> dict[str, tuple[None, str]]:
    """As multipart/form-data without a file."""
    return {name: (None, str(value)) for name, value in told.items()}


async def test_the_same_meaning_is_the_same_request_however_it_is_spelt(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    told = {**LEAK, "to_discipline": False, "when": "去年"}
    backwards = json.dumps(dict(reversed(told.items())), indent=3, ensure_ascii=False)
    json_too = {"Idempotency-Key": KEY, "Content-Type": "application/json; charset=utf-8"}
    defaults = {**told, "place": "", "accused_role": "", "only_above_county": False}

    answers = [
        await client.post(REPORTS, json=told, headers={"Idempotency-Key": KEY}),
        await client.post(REPORTS, content=backwards.encode(), headers=json_too),
        await client.post(REPORTS, json=defaults, headers={"Idempotency-Key": KEY}),
        await client.post(
            REPORTS, files=form_of({**told, "to_discipline": "不要"}),
            headers={"Idempotency-Key": f" {KEY} "},
        ),
    ]  # fmt: skip

    assert [each.status_code for each in answers] == [201] * 4
    assert len({each.text for each in answers}) == 1
    async with small_office.reading() as reading:
        assert (await reading.log.head()).size == 1


@pytest.mark.parametrize(
    "other",
    [
        {"text": "新屋下雨漏一地。"},
        {"text": "村里每户收300块钱"},
        {"county": "410422"},
        {"only_above_county": True},
        {"to_discipline": True},
        {"when": "去年"},
        {"accused_role": "village_secretary"},
    ],
)
async def test_the_same_key_with_another_content_is_not_answered_with_the_first_receipt(
    client: httpx.AsyncClient, small_office: TestOffice, other: dict[str, object]
) -> None:
    key = {"Idempotency-Key": KEY}
    first = await client.post(REPORTS, json=LEAK, headers=key)

    second = await client.post(REPORTS, json={**LEAK, **other}, headers=key)

    assert (second.status_code, second.json()["code"]) == (422, "key-used")
    assert "没有登记" in second.json()["detail"]
    assert "换一个新的 Idempotency-Key" in second.json()["detail"]
    assert first.json()["receipt"] not in second.text
    again = await client.post(
        REPORTS, json={**LEAK, **other}, headers={"Idempotency-Key": f"{KEY} 2"}
    )
    assert again.status_code == 201
    async with small_office.reading() as reading:
        assert (await reading.log.head()).size == 2


async def test_a_file_is_part_of_what_is_asked(client: httpx.AsyncClient) -> None:
    async def sends(content: bytes) -> httpx.Response:
        file = {"files": ("a.pdf", content)}
        return await client.post(REPORTS, data=LEAK, files=file, headers={"Idempotency-Key": KEY})

    first, same, other = (
        await sends(b"%PDF-1.4 one"), await sends(b"%PDF-1.4 one"), await sends(b"%PDF-1.4 two")
    )  # fmt: skip
    without = await client.post(REPORTS, json=LEAK, headers={"Idempotency-Key": KEY})

    assert first.json()["receipt"] == same.json()["receipt"]
    assert [other.status_code, without.status_code] == [422, 422]


@pytest.mark.parametrize(
    "key", ["", "k", "fifteen letters", "   spaces    round   "[:18], "x" * 201]
)
async def test_a_key_that_is_none_is_refused_in_a_sentence(
    client: httpx.AsyncClient, small_office: TestOffice, key: str
) -> None:
    answer = await client.post(REPORTS, json=LEAK, headers={"Idempotency-Key": key})

    assert answer.status_code == 422
    assert "16 到 200 个字" in answer.json()["detail"]
    async with small_office.reading() as reading:
        assert (await reading.log.head()).size == 0


async def test_whoever_has_a_token_has_keys_of_her_own(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    county, city = [
        {
            "Authorization": f"Bearer {await small_office.signs_in(await colleague(small_office, unit))}"
        }
        for unit in (COUNTY, CITY)
    ]
    key = {"Idempotency-Key": KEY}
    told = {"": LEAK, "county": {**LEAK, "text": "甲"}, "city": {**LEAK, "text": "乙"}}

    answers = [
        await client.post(REPORTS, json=told[""], headers=key),
        await client.post(REPORTS, json=told["county"], headers=key | county),
        await client.post(REPORTS, json=told["city"], headers=key | city),
    ]
    again = await client.post(REPORTS, json=told["county"], headers=key | county)

    assert [each.status_code for each in answers] == [201] * 3
    assert len({each.json()["receipt"] for each in answers}) == 3
    assert again.json() == answers[1].json()


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic eDp5", "Bearer " + "A" * 64]
)
async def test_a_token_that_opens_nothing_shares_the_open_scope(
    client: httpx.AsyncClient, header: str
) -> None:
    key = {"Idempotency-Key": KEY}
    first = await client.post(REPORTS, json=LEAK, headers=key)

    second = await client.post(REPORTS, json=LEAK, headers=key | {"Authorization": header})

    assert first.json() == second.json()


async def test_the_documentation_says_how_a_key_is_made_and_that_a_token_is_no_condition(
    client: httpx.AsyncClient,
) -> None:
    filing = (await client.get("/api/openapi.json")).json()["paths"][REPORTS]["post"]

    (header,) = filing["parameters"]
    assert header["name"] == "Idempotency-Key"
    assert not header["required"]
    assert "16到200" in header["description"]
    assert "24小时" in header["description"]
    assert {} in filing["security"]


async def test_without_a_key_every_report_is_its_own(client: httpx.AsyncClient) -> None:
    first, second = [(await client.post(REPORTS, json=LEAK)).json() for _ in range(2)]

    assert first["receipt"] != second["receipt"]


async def test_without_a_place_it_goes_to_the_province_and_missing_says_so(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    answer = await client.post(REPORTS, json={"text": "房子漏雨没人管"})

    async with small_office.reading() as reading:
        person = await colleague(small_office, PROVINCE)
        page = await reading.queue.page(
            View(tab=Tab.NEW), reader=person, now=small_office.clock.now()
        )

    assert "where" in answer.json()["missing"]
    assert [each.owner for each in page.lines] == [PROVINCE]


async def test_doubt_means_the_discipline_office_gets_it_too(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await client.post(REPORTS, json={"text": "支书扣了俺五千块补助", "county": LUSHAN})
    await client.post(REPORTS, json=LEAK)
    await client.post(REPORTS, json={**LEAK, "to_discipline": True})
    await client.post(REPORTS, json={"text": "嗯", "county": LUSHAN})

    async with small_office.reading() as reading:
        city = await colleague(small_office, CITY)
        page = await reading.queue.page(
            View(tab=Tab.NEW), reader=city, now=small_office.clock.now()
        )

    marks = sorted(each.to_discipline for each in page.lines)
    assert marks == [False, True, True, True]


async def test_a_file_comes_along_in_a_form(client: httpx.AsyncClient) -> None:
    dot = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
        "0000000049454e44ae426082"
    )

    answer = await client.post(REPORTS, data=LEAK, files={"files": ("roof.png", dot, "text/html")})

    assert answer.status_code == 201, answer.text


async def test_a_file_of_the_wrong_kind_is_refused_in_a_sentence(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post(REPORTS, data=LEAK, files={"files": ("a.exe", b"MZ\0\0" * 99)})

    assert answer.status_code == 422
    assert "收不了" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": ""}, 422),
        ({"text": "   "}, 422),
        ({"text": "漏" * 10_000}, 422),
        ({}, 422),
        ({"text": 7}, 422),
        ({"text": "漏", "county": "鲁山"}, 422),
        ({"text": "漏", "to_disciplin": False}, 422),
        ({"text": "漏", "kind": "gossip"}, 422),
    ],
)
async def test_what_is_no_report_is_refused(
    client: httpx.AsyncClient, body: dict[str, object], status: int
) -> None:
    answer = await client.post(REPORTS, json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "bad-input"
    assert "漏漏" not in answer.text


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
async def test_neither_json_nor_a_form_is_415(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.post(REPORTS, content=b"{}", headers={"content-type": kind})

    assert answer.status_code == 415


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"text": NaN}'])
async def test_broken_json_is_refused(client: httpx.AsyncClient, raw: bytes) -> None:
    answer = await client.post(REPORTS, content=raw, headers={"content-type": "application/json"})

    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["😀" * 20, "<script>alert(1)</script>", "=1+1", "\x00\x07"])
async def test_strange_text_is_a_report_like_any_other(
    client: httpx.AsyncClient, text: str
) -> None:
    receipt = (await client.post(REPORTS, json={"text": text})).json()["receipt"]

    box = await client.post(f"{REPORTS}/lookup", json={"receipt": receipt})

    assert box.json()["messages"][0]["text"] == text


async def test_the_receipt_opens_the_mailbox_and_adds_to_it(client: httpx.AsyncClient) -> None:
    receipt = (await client.post(REPORTS, json=LEAK)).json()["receipt"]

    added = await client.post(f"{REPORTS}/messages", json={"receipt": receipt, "text": "又漏了"})
    box = (await client.post(f"{REPORTS}/lookup", json={"receipt": receipt})).json()

    assert added.status_code == 201
    assert [each["text"] for each in box["messages"]] == ["新屋下雨漏一地", "又漏了"]
    assert box["state"]
    assert box["due"]


async def test_codes_that_open_nothing_all_get_the_same_answer(
    client: httpx.AsyncClient,
) -> None:
    from casework.receipts import code_from

    codes = [code_from(bytes([n]) * 16) for n in range(3)]

    answers = [await client.post(f"{REPORTS}/lookup", json={"receipt": each}) for each in codes]

    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1


async def test_a_mistyped_code_is_said_to_be_mistyped(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{REPORTS}/lookup", json=NOT_A_CODE)

    assert (answer.status_code, answer.json()["code"]) == (422, "wrong-code")


async def test_wrong_codes_refuse_nobody(client: httpx.AsyncClient) -> None:
    codes = [code_from(bytes([n]) * 16) for n in range(40)]
    told = [await client.post(f"{REPORTS}/lookup", json={"receipt": code}) for code in codes]
    assert {answer.status_code for answer in told} == {404}

    receipt = (await client.post(REPORTS, json=LEAK)).json()["receipt"]
    good = await client.post(f"{REPORTS}/lookup", json={"receipt": receipt})
    assert good.status_code == 200


async def test_who_sends_many_look_ups_at_once_is_told_to_wait_and_the_others_are_answered(
    app: FastAPI,
) -> None:
    """Two addresses of the internet, as a proxy of ours has told them to the server."""

    def at(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://desk.test")

    async with at("203.0.113.9") as busy, at("198.51.100.7") as other:
        body = {"receipt": code_from(bytes(16))}
        many = [busy.post(f"{REPORTS}/lookup", json=body) for _ in range(12)]
        few = [other.post(f"{REPORTS}/lookup", json=body) for _ in range(2)]
        answers = await asyncio.gather(*many, *few)

    codes = [answer.status_code for answer in answers]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 0 < len(refused) < 12
    assert codes[-2:] == [404, 404]
    assert refused[0].headers["retry-after"] == "3"
    assert refused[0].json()["code"] == "too-many-tries"


async def test_anyone_may_check_the_leaf_of_a_receipt(client: httpx.AsyncClient) -> None:
    for _ in range(3):
        place = (await client.post(REPORTS, json=LEAK)).json()["log"]
    await client.post(REPORTS, json=LEAK)

    proof = (await client.get(f"/api/v1/log/proof/{place['index']}")).json()
    head = (await client.get("/api/v1/log/head")).json()
    older = await client.get(f"/api/v1/log/consistency/{place['size']}")
    leaves = (await client.get("/api/v1/log/leaves?start=0&end=2")).json()["leaves"]

    path = [bytes.fromhex(each) for each in proof["path"]]
    leaf, root = bytes.fromhex(place["leaf"]), bytes.fromhex(head["root"])
    assert verify_inclusion(leaf, proof["index"], proof["size"], path, root)
    assert older.status_code == 200
    assert len(leaves) == 2


@pytest.mark.parametrize(
    "path",
    ["proof/999", "proof/-1", "proof/x", "proof/99999999999999999999", "consistency/999",
     "leaves?start=5&end=1", "leaves?start=0&end=99999"],
)  # fmt: skip
async def test_what_the_log_has_not_is_refused(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/api/v1/log/{path}")).status_code == 422


@pytest.mark.parametrize(
    ("text", "county"),
    [("补多少钱", "410423"), ("鲁山县补多少钱", ""), ("鲁山县补多少钱", "410422")],
)
async def test_a_question_may_bring_its_county(
    client: httpx.AsyncClient, text: str, county: str
) -> None:
    answer = await client.post("/api/v1/ask", json={"text": text, "county": county})

    assert "鲁山县(演示数据):C级修房" in answer.json()["answer"]


@pytest.mark.parametrize("county", ["999999", "41", "410423106", "鲁山县"])
async def test_a_county_that_does_not_exist_is_refused(
    client: httpx.AsyncClient, county: str
) -> None:
    answer = await client.post("/api/v1/ask", json={"text": "补多少钱", "county": county})

    assert answer.status_code == 422


async def test_a_question_is_answered(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/ask", json={"text": "俺家危房能补多少钱"})

    body = answer.json()
    assert answer.status_code == 200
    assert body.keys() == {"text", "kind", "topics", "answer", "source", "also"}
    assert body["kind"] in ("answer", "choices")


async def test_what_is_added_is_kept_from_whom_it_names_and_the_answer_says_so(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    code = (await client.post(REPORTS, json=LEAK)).json()["receipt"]

    plain = await client.post(f"{REPORTS}/messages", json={"receipt": code, "text": "西屋也漏"})
    named = await client.post(
        f"{REPORTS}/messages", json={"receipt": code, "text": "县住建局局长拿了一半钱"}
    )

    offices = CONTENT.organisation
    assert (plain.json()["left_out"], plain.json()["moved_to"]) == ([], "")
    assert named.json()["left_out"] == [offices[COUNTY].name]
    assert named.json()["moved_to"] == offices[CITY].name
    async with small_office.reading() as reading:
        county = await colleague(small_office, COUNTY)
        now = small_office.clock.now()
        pages = [await reading.queue.page(View(tab=tab), reader=county, now=now) for tab in Tab]
    assert not any(page.lines for page in pages)
