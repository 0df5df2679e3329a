"""A table of colleagues at the desk: everybody with a link in a file that is given once, or nobody."""

from __future__ import annotations

import re

import httpx

from casework.offices import Role
from papers.workbooks import read_workbook
from tests.api.conftest import signs_in
from tests.offices import CITY, COUNTY, TestOffice

EMPTY = "housing-410422"
HEADER = "姓名,单位,岗位,从,到\n"
WORD = "秋天的高粱红彤彤的一片"


def sent(text: str, **fields: str) -> dict[str, object]:
    return {"files": {"file": ("人.csv", text.encode(), "text/csv")}, "data": fields}


def cells(content: bytes) -> list[list[object]]:
    return [list(row) for sheet in read_workbook(content) for _, row in sheet.rows]


async def names(office: TestOffice, unit: str) -> set[str]:
    async with office.reading() as reading:
        return {each.name for each in await reading.people.in_unit(unit)}


async def test_a_table_is_checked_and_then_everybody_gets_a_link(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, CITY)
    table = f"{HEADER}王芳,{EMPTY},承办人、派单员,,2026-12-31\n李四,{EMPTY},督办员,,\n"

    form = await client.get("/desk/people/import")
    empty = await client.get("/desk/people/import/empty")
    checked = await client.post("/desk/people/import", **sent(table, check="yes"))
    before = await names(small_office, EMPTY)
    done = await client.post("/desk/people/import", **sent(table))
    twice = await client.post("/desk/people/import", **sent(table))
    _, first, second = cells(done.content)
    link = re.findall(r"/desk/invite/[\w-]+", str(first))[0]
    came = await client.post(link, data={"password": WORD, "again": WORD})

    assert 'enctype="multipart/form-data"' in form.text
    assert cells(empty.content) == [["姓名", "单位", "岗位", "从", "到"]]
    assert "2 人都对" in checked.text
    assert before == set()
    assert "attachment" in done.headers["content-disposition"]
    assert done.headers["cache-control"] == "no-store"
    assert (first[0], second[0]) == ("王芳", "李四")
    assert twice.status_code == 409
    assert "第2行:那里已经有一位叫王芳的" in twice.text
    assert "第3行:那里已经有一位叫李四的" in twice.text
    assert came.status_code == 303
    assert await names(small_office, EMPTY) == {"王芳", "李四"}


async def test_one_wrong_row_and_nobody_is_invited(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, CITY)
    here = await names(small_office, COUNTY)
    good = f"王芳,{COUNTY},承办人,,\n"

    for wrong, sentence in (
        (f"李四,{COUNTY},局长,,", "没有“局长”这个岗位"),
        (f"承办人丙,{COUNTY},承办人,,", "第3行:那里已经有一位叫承办人丙的"),
        ("李四,housing-4110,承办人,,", "第3行:只能给本单位和下级单位请同事"),
        (f"李四,{COUNTY},承办人,2026-01-01,", "第3行:起始的日子已经过了"),
        (f"{'长' * 41},{COUNTY},承办人,,", "第3行:请写同事怎么称呼"),
    ):
        answer = await client.post("/desk/people/import", **sent(f"{HEADER}{good}{wrong}\n"))
        assert answer.status_code == 409, wrong
        assert sentence in answer.text
        assert await names(small_office, COUNTY) == here
    for file in ({}, {"files": {"file": ("人.xlsx", b"PK\x03\x04", "x/y")}}):
        nothing = await client.post("/desk/people/import", **file)
        assert nothing.status_code == 409
        assert "整个文件" in nothing.text
    large = await client.post("/desk/people/import", **sent("姓" * 400_000))
    assert "超过 1024 KB" in large.text


async def test_who_may_not_invite_imports_nobody(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    table = f"{HEADER}王芳,{COUNTY},承办人,,\n"
    await signs_in(client, small_office, COUNTY)
    form = await client.get("/desk/people/import")
    handler = await client.post("/desk/people/import", **sent(table))
    runner = await small_office.hire("管账号的", COUNTY, Role.SYSADMIN)
    client.cookies.clear()
    client.cookies.set("desk", await small_office.signs_in(runner))
    alone = await client.post("/desk/people/import", **sent(table))

    assert (form.status_code, handler.status_code, alone.status_code) == (409, 409, 409)
    assert "已经有办件的人" in alone.text
    assert "王芳" not in await names(small_office, COUNTY)


async def test_a_sysadmin_fills_an_empty_unit_at_once(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    runner = await small_office.hire("管账号的", CITY, Role.SYSADMIN)
    client.cookies.set("desk", await small_office.signs_in(runner))
    table = f"{HEADER}王芳,{EMPTY},承办人,,\n李四,{EMPTY},督办员,,\n"

    done = await client.post("/desk/people/import", **sent(table))

    assert done.status_code == 200
    assert await names(small_office, EMPTY) == {"王芳", "李四"}
