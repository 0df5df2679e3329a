"""Everything people tell the house in confidence, through every way in, each with its own marker."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.forms import hands_in_now
from tests.promises.markers import STEM, Markers
from tests.promises.processes import code_in
from tests.promises.real_house import LUSHAN, House, Platform, jpeg_with
from tests.waiting import until

QUALITY = {"county": LUSHAN, "kind": "quality", "category": "quality.leak"}


def reports_by_program(house: House, markers: Markers) -> list[str]:
    """JSON and forms with files; the headers a caller is known by are markers too."""
    codes = []
    with house.client() as program:
        for n in range(14):
            told: dict[str, object] = {"text": f"新屋漏雨,{markers.word('report')},没人管"}
            told |= QUALITY if n % 2 else {"county": LUSHAN, "when": markers.word("when")}
            headers = {
                "Idempotency-Key": markers.latin("idempotency key"),
                "User-Agent": markers.latin("user agent"),
                "X-Forwarded-For": f"203.0.113.{n}",
            }
            if n % 3 == 0:
                photo = jpeg_with(markers.word("exif"))
                name = f"{markers.latin('file name')}.jpg"
                answer = program.post(
                    "/api/v1/reports", data=told, files={"files": (name, photo)}, headers=headers
                )
            else:
                answer = program.post("/api/v1/reports", json=told, headers=headers)
            assert answer.status_code == 201, answer.text
            codes.append(answer.json()["receipt"])
        for code in codes:
            box = program.post("/api/v1/reports/lookup", json={"receipt": code})
            assert STEM in box.text
    return codes


def reports_by_form(house: House, markers: Markers) -> list[str]:
    codes = []
    with house.client() as phone:
        for n in range(8):
            form = {
                "story": f"支书扣钱,{markers.word('report')},电话{markers.phone('phone')}",
                "county": LUSHAN,
                "office": "yes",
                "token": markers.latin("form token"),
            }
            pdf = b"%PDF-1.4\n" + markers.word("document").encode() + b"\n%%EOF"
            files = {"files": ("a.pdf", pdf)} if n % 2 else None
            answer = hands_in_now(phone, form, files=files)
            codes.append(code_in(answer.text))
    return codes


def a_talk_on_the_web(house: House, markers: Markers) -> None:
    """Talks that are left half way: what is under way is as secret as what is filed."""
    for n in range(6):
        with house.client() as phone:
            first = phone.post(
                "/talk", data={"text": f"我要举报,支书{markers.word('talk')}贪了补助"}
            )
            assert first.status_code == 303, first.text
            name, _, value = first.headers["set-cookie"].partition(";")[0].partition("=")
            markers.keep("web session", value)
            cookie = {"Cookie": f"{name}={value}"}
            for text in (markers.word("talk"), "鲁山县", "去年")[: n % 4]:
                phone.post("/talk", data={"text": text}, headers=cookie)
            picture = {"file": ("a.jpg", jpeg_with(markers.word("exif")), "image/jpeg")}
            phone.post("/talk", data={"text": ""}, files=picture, headers=cookie)
            assert STEM in phone.get("/talk", headers=cookie).text


def craftsmen_subscribe(house: House, platform: Platform, markers: Markers, folder: Path) -> None:
    """A phone number as the way to reach somebody: on the register, and typed in a chat."""
    phones = sorted({markers.phone("craftsman's phone") for _ in range(3)})
    sheet = folder / "register.csv"
    rows = [f"工匠{n},{phone},鲁山县" for n, phone in enumerate(phones)]
    sheet.write_text("\n".join(["姓名,电话,县", *rows]), encoding="utf-8")
    house.run("import", "craftsmen", str(sheet))
    for phone in phones:
        chat = int(markers.number("telegram id"))
        platform.says(chat, "培训")
        platform.says(chat, phone)


def reports_by_telegram(house: House, platform: Platform, markers: Markers) -> None:
    """Eight people: numbers, names, a story each, a photo; some files, some stop half way."""
    before = leaves(house)
    for n in range(8):
        chat = int(markers.number("telegram id"))
        who = {
            "first_name": markers.word("name"),
            "username": markers.latin("user name"),
            "last_name": markers.word("name"),
        }
        photo = platform.picture(jpeg_with(markers.word("exif")))
        platform.says(
            chat,
            f"支书叫俺每户交300块钱,{markers.word('filed story' if n % 2 else 'story half way')}",
            who=who,
        )
        for text in ("鲁山县", "去年", "对", "要", "没有")[: 5 if n % 2 else 1]:
            platform.says(chat, text, who=who)
        if n % 2:
            platform.update(
                platform.message(chat, who=who, photo=photo, caption=markers.word("caption"))
            )
            for text in ("没有了", "提交"):
                platform.says(chat, text, who=who)
    until(lambda: leaves(house) >= before + 4)


def questions(house: House, markers: Markers) -> None:
    with house.client() as phone:
        for _ in range(5):
            assert phone.post("/ask", data={"q": f"{markers.word('question')}咋办"}).is_success
            asked = {"text": f"危房{markers.word('question')}补多少"}
            assert phone.post("/api/v1/ask", json=asked).is_success
            useless = {
                "slug": "subsidy.amount",
                "said": "useless",
                "asked": markers.word("question"),
            }
            assert phone.post("/helped", data=useless).is_success
        for _ in range(2):
            word, number = markers.word("question that may be read"), markers.phone("in a question")
            said = phone.post("/keep", data={"asked": f"{word}咋办,打{number}"})
            assert "三十天后删掉" in said.text


def refused_things(house: House, markers: Markers) -> None:
    """What is refused is told too: nothing of it may stay in a log of complaints."""
    with house.client() as program:
        reports = "/api/v1/reports"
        word = markers.word("refused")
        for body in ({"text": word * 1000}, {"text": word, "kind": word}, {word: word}):
            assert program.post(reports, json=body).status_code == 422
        raw = f'{{"text": "{markers.word("refused")}'.encode()
        broken = program.post(reports, content=raw, headers={"content-type": "application/json"})
        assert broken.status_code == 422
        text_file = markers.word("refused file").encode() * 30
        form = {"text": markers.word("refused"), "county": LUSHAN}
        for name in ("a.txt", "a.jpg"):
            refused = program.post(reports, data=form, files={"files": (name, text_file)})
            assert refused.status_code == 422
        assert program.post("/status", data={"code": markers.word("refused")}).status_code == 422
        assert program.get(f"/t/{markers.latin('refused')}").status_code == 404
    not_http(house, markers.latin("refused"))


def not_http(house: House, word: str) -> None:
    """A line that is no HTTP at all."""
    address = urlsplit(house.base)
    with socket.create_connection((address.hostname or "", address.port or 0)) as line:
        line.sendall(f"{word} \x00\x01 {word}\r\n\r\n".encode())
        line.settimeout(5)
        line.recv(200)


def leaves(house: House) -> int:
    answer = httpx.get(f"{house.base}/api/v1/log/head", trust_env=False, verify=False, timeout=20)
    return int(answer.json()["size"])
