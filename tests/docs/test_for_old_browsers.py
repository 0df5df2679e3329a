"""The villager's pages ask nothing of a browser that came after Chromium 86.

Chromium 86 itself is not to be had any more, so the pages are read instead: every sheet, every script and
every template of hers is parsed into the words it uses (properties, selectors, at-rules, functions, units,
values; elements, attributes, what a meta says; members, globals, syntax), and each word is looked up in
tables of what came later, with the version of Chromium it came with. The tables are of MDN's
browser-compat-data 8.1.9; a feature that is younger than they are is not noticed.

What came later may stand inside an `@supports` that asks for it, or after a declaration of the same
property in the same rule, which an old browser then keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.offices import ROOT

OLDEST = 86

#: Version → words. Prefixes end in `-`.
PROPERTIES = {
    87: "inset inset-block inset-inline border-block border-inline margin-block margin-inline padding-block "
        "padding-inline text-underline-offset",
    88: "aspect-ratio",
    89: "border-start-start-radius border-start-end-radius border-end-start-radius border-end-end-radius "
        "forced-color-adjust text-decoration-thickness",
    90: "overflow-clip-margin",
    93: "accent-color",
    94: "scrollbar-gutter",
    95: "contain-intrinsic-",
    97: "font-synthesis",
    99: "text-emphasis",
    101: "font-palette",
    104: "translate rotate scale object-view-box",
    105: "container",
    106: "hyphenate-character",
    109: "hyphenate-limit-chars math-",
    110: "initial-letter",
    111: "view-transition- baseline-source font-variant-alternates",
    112: "animation-composition",
    114: "text-wrap white-space-collapse",
    115: "animation-timeline animation-range scroll-timeline view-timeline",
    117: "overlay transition-behavior font-variant-position",
    116: "offset-position offset-anchor timeline-scope",
    120: "mask",
    127: "font-size-adjust",
    121: "scrollbar-color scrollbar-width",
    123: "field-sizing text-spacing-trim paint-order",
    125: "anchor- position-",
    129: "interpolate-size",
    130: "box-decoration-break",
    133: "text-box",
    135: "interactivity scroll-marker- overflow-block overflow-inline",
    136: "print-color-adjust dynamic-range-limit",
    137: "reading-",
    139: "corner-",
    140: "text-autospace caret-animation",
    143: "font-language-override",
    145: "text-justify column-height column-wrap",
    149: "rule row-rule column-rule-break",
}  # fmt: skip
SELECTORS = {
    88: "is where", 89: "file-selector-button target-text", 105: "has modal highlight",
    109: "view-transition", 110: "autofill picture-in-picture", 114: "popover-open",
    119: "user-valid user-invalid", 120: "dir", 121: "spelling-error grammar-error", 125: "state",
    131: "details-content", 133: "open checkmark picker-icon", 135: "picker scroll-marker scroll-button column",
}  # fmt: skip
AT_RULES = {
    91: "counter-style", 99: "layer", 101: "font-palette-values", 105: "container",
    111: "font-feature-values", 117: "starting-style", 118: "scope", 125: "position-try",
    126: "view-transition", 139: "function",
}  # fmt: skip
MEDIA = {
    89: "forced-colors", 96: "prefers-contrast", 98: "dynamic-range",
    113: "update overflow-block overflow-inline", 118: "prefers-reduced-transparency", 120: "scripting",
}  # fmt: skip
FUNCTIONS = {
    101: "hwb", 111: "color-mix color lab lch oklab oklch sin cos tan asin acos atan atan2",
    113: "linear image-set", 119: "xywh", 120: "pow sqrt hypot log exp", 123: "light-dark",
    125: "anchor anchor-size mod rem round", 129: "calc-size", 137: "if", 138: "abs sign",
}  # fmt: skip
UNITS = {
    105: "cqw cqh cqi cqb cqmin cqmax", 106: "ic", 108: "svw svh svi svb svmin svmax lvw lvh lvi lvb lvmin "
    "lvmax dvw dvh dvi dvb dvmin dvmax vi vb", 109: "lh", 111: "rlh rex rch ric", 118: "cap rcap",
}  # fmt: skip
#: `property:value` where the word alone is older than this use of it.
VALUES = {
    90: "overflow:clip overflow-x:clip overflow-y:clip",
    99: "revert-layer", 114: "text-wrap:balance",
    117: "subgrid allow-discrete text-wrap:pretty", 125: "anchor-center", 138: "width:stretch height:stretch",
}  # fmt: skip
ELEMENTS = {118: "search", 126: "fencedframe", 135: "selectedcontent", 144: "geolocation"}
ATTRIBUTES = {
    94: "virtualkeyboardpolicy", 101: "fetchpriority", 102: "inert",
    105: "blocking", 111: "shadowrootmode", 114: "popover popovertarget popovertargetaction",
    124: "writingsuggestions", 134: "closedby", 135: "command commandfor", 142: "interestfor",
    150: "focusgroup", 153: "autocorrect",
}  # fmt: skip
SAID_BY_META = {108: "interactive-widget", 146: "text-scale"}
#: What an old browser does anyway, or does not miss.
HARMLESS = {"interactive-widget": "until 108 every Chromium did by itself what ours asks for"}
MEMBERS = {
    87: "segment containing", 90: "waitAsync", 92: "at randomUUID", 93: "hasOwn cause", 97: "findLast "
    "findLastIndex", 100: "throwIfAborted", 103: "timeout", 99: "showPicker",
    105: "checkVisibility", 110: "toReversed toSorted toSpliced with", 111: "startViewTransition "
    "isWellFormed toWellFormed", 114: "showPopover hidePopover togglePopover",
    117: "groupBy", 119: "withResolvers", 120: "canParse", 121: "fromAsync", 122: "union intersection "
    "difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom toArray", 133: "moveBefore", 134: "requestClose", 136: "escape", 140: "toBase64 toHex fromBase64 fromHex",
}  # fmt: skip
GLOBALS = {
    87: "Segmenter", 94: "scheduler", 98: "structuredClone", 105: "Highlight", 122: "Iterator", 129: "DurationFormat",
    134: "DisposableStack", 144: "Temporal",
}  # fmt: skip
SYNTAX = {
    89: r"^\s*await\b", 91: r"#\w+ in\b", 94: r"\bstatic\s*\{", 123: r"\bimport\b.*\bwith\s*\{",
    134: r"\busing\s+\w+\s*=",
}  # fmt: skip

PAGES = (
    *(ROOT / "papers" / "villager").glob("*.html"),
    *(ROOT / "api" / "templates" / "public").glob("*.html"),
    *(ROOT / "bot" / "channels").glob("*/templates/*.html"),
)
SHEETS = (*(ROOT / "papers" / "villager").glob("*.css"), ROOT / "api" / "static" / "talk.css")
SCRIPTS = (ROOT / "api" / "static" / "talk.js",)


def since(word: str, table: Mapping[int, str]) -> int | None:
    """The version of Chromium that a word came with, if that was late; `a-` stands for all that begin so."""
    for version, words in table.items():
        for each in words.split():
            if word == each or (each.endswith("-") and word.startswith(each)):
                return version
            if table is PROPERTIES and word.startswith(f"{each}-") and each in FAMILIES:
                return version
    return None


#: Shorthands whose parts came with them.
FAMILIES = {
    "inset", "container", "mask", "text-wrap", "text-emphasis", "border-block", "border-inline", "font-synthesis", "animation-range",
    "scroll-timeline", "view-timeline", "text-box", "rule", "row-rule", "inset-block", "inset-inline",
}  # fmt: skip


def late_in_sheet(sheet: str) -> Iterator[str]:
    """Every late word of a sheet that nothing guards, with its version."""
    yield from _late_in_block(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL), asked="", inside="")


def _late_in_block(block: str, *, asked: str, inside: str) -> Iterator[str]:
    """`asked` is what the `@supports` around it ask for; `inside` the selector of the rule around it."""
    declared: set[str] = set()
    for head, body in _parts(block):
        if body is None:
            name, _, value = head.partition(":")
            name = name.strip().lower()
            if not name.startswith("--"):
                yield from _late(name, PROPERTIES, asked)
            if name not in declared:
                yield from _late_in_value(name, value, asked)
            declared.add(name)
        elif head.startswith("@"):
            rule, _, rest = head[1:].partition(" ")
            if rule == "supports":
                yield from _late_in_block(body, asked=f"{asked} {rest}", inside=inside)
                continue
            yield from _late(rule, AT_RULES, asked)
            if rule == "media":
                for feature in re.findall(r"[a-z-]+(?=\s*[:)<>=])", rest):
                    yield from _late(feature, MEDIA, asked)
                if re.search(r"[<>]", rest):
                    yield f"{rest}: 104"
            yield from _late_in_block(body, asked=asked, inside=inside)
        else:
            if inside:
                yield f"{head} nested in {inside}: 112"
            for pseudo in re.findall(r"::?([a-z-]+)", head):
                yield from _late(pseudo, SELECTORS, asked)
            yield from _late_in_block(body, asked=asked, inside=head)


def _parts(block: str) -> Iterator[tuple[str, str | None]]:
    """Declarations, each with None, and rules, each with what is between its braces."""
    start = depth = opened = 0
    quote = ""
    for at, letter in enumerate(block + ";"):
        if quote or letter in "\"'":
            quote = "" if letter == quote else (quote or letter)
        elif letter == "{":
            depth += 1
            opened = at if depth == 1 else opened
        elif letter == "}":
            depth -= 1
            if depth == 0:
                yield block[start:opened].strip(), block[opened + 1 : at]
                start = at + 1
        elif letter == ";" and depth == 0:
            if words := block[start:at].strip():
                yield words, None
            start = at + 1


def _late_in_value(name: str, value: str, asked: str) -> Iterator[str]:
    value = re.sub(r"\"[^\"]*\"|'[^']*'|var\([^()]*\)", " ", value)
    for function in re.findall(r"([a-z-]+[a-z0-9]*)\(", value):
        yield from _late(function, FUNCTIONS, asked)
    for unit in re.findall(r"(?<![\w#])[\d.]+([a-z]+)", value):
        yield from _late(unit, UNITS, asked)
    for word in re.findall(r"(?<![\w#-])[a-z-]+(?![\w(-])", value):
        yield from _late(word, VALUES, asked)
        yield from _late(f"{name}:{word}", VALUES, asked)


def _late(word: str, table: Mapping[int, str], asked: str) -> Iterator[str]:
    version = since(word, table)
    if version and not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", asked):
        yield f"{word}: {version}"


class Words(HTMLParser):
    """The late words of one page, with those of the sheets and scripts inside it."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag
        said = dict(attrs)
        self.late += _late(tag, ELEMENTS, "")
        for name, value in attrs:
            self.late += _late(name, ATTRIBUTES, "")
            if name == "style":
                self.late += late_in_sheet(value or "")
            if name.startswith("on"):
                self.late += late_in_script(value or "")
        if tag == "meta":
            for word in re.findall(r"[a-z-]+", f"{said.get('name')} {said.get('content')}"):
                self.late += () if word in HARMLESS else _late(word, SAID_BY_META, "")
        if said.get("loading") == "lazy" and tag in ("audio", "video"):
            self.late.append("loading: 150")
        if tag == "details" and "name" in said:
            self.late.append("details name: 120")

    def handle_data(self, data: str) -> None:
        if self._in == "style":
            self.late += late_in_sheet(data)
        if self._in == "script":
            self.late += late_in_script(data)

    def handle_endtag(self, tag: str) -> None:
        self._in = ""


def late_in_page(page: str) -> list[str]:
    """Of a template: what Jinja says is taken out first, what it draws is HTML."""
    words = Words()
    words.feed(re.sub(r"\{[%{#].*?[%}#]\}", "", page, flags=re.DOTALL))
    words.close()
    return words.late


def late_in_script(script: str) -> Iterator[str]:
    """Of its code alone: comments and quoted words are taken out, what a template string holds is not."""
    code = re.sub(r"/\*.*?\*/|(?<![:\\\"'])//[^\n]*", "", script, flags=re.DOTALL)
    code = re.sub(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", '""', code)
    for member in re.findall(r"\.\s*([A-Za-z]\w*)", code):
        yield from _late(member, MEMBERS, "")
    for name in re.findall(r"(?<![\w.])([A-Za-z]\w*)|(?<=Intl\.)(\w+)", code):
        yield from _late(name[0] or name[1], GLOBALS, "")
    for version, wanted in SYNTAX.items():
        if version == 89 and "async" in code:
            continue  # an await inside a function is as old as the function
        if found := re.search(wanted, code, re.MULTILINE):
            yield f"{found.group().strip()}: {version}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_sheet_asks_for_what_came_after_chromium_86(sheet: Path) -> None:
    assert list(late_in_sheet(sheet.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_asks_for_what_came_after_chromium_86(script: Path) -> None:
    assert list(late_in_script(script.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_no_page_asks_for_what_came_after_chromium_86(page: Path) -> None:
    assert late_in_page(page.read_text(encoding="utf-8")) == []


def test_every_file_of_the_villagers_pages_is_read() -> None:
    named = {
        Path(name).name
        for page in PAGES
        for name in re.findall(r"(?:href|src)=\"(/[\w/.-]+\.(?:css|js))\"", page.read_text("utf-8"))
    }

    assert named == {path.name for path in (*SHEETS, *SCRIPTS)} - {
        "large.css"
    }  # sent as villager.css
    assert min(min(table) for table in (PROPERTIES, SELECTORS, UNITS, VALUES, MEMBERS)) > OLDEST


@pytest.mark.parametrize(
    ("sheet", "late"),
    [
        ("a { inset: 0 }", ["inset: 87"]),
        ("a { height: 100dvh }", ["dvh: 108"]),
        ("a { height: 100vh; height: 100dvh }", []),
        (":is(a, b) { color: red }", ["is: 88"]),
        ("a { color: color-mix(in srgb, red, blue) }", ["color-mix: 111"]),
        ("a { color: red; & b { color: blue } }", ["& b nested in a: 112"]),
        ("@media (width > 3rem) { a { color: red } }", ["(width > 3rem): 104"]),
        ("@media print { a { text-wrap: balance } }", ["text-wrap: 114", "text-wrap:balance: 114"]),
        ("@supports (accent-color: red) { a { accent-color: red } }", []),
        ("@supports (color: red) { a { accent-color: red } }", ["accent-color: 93"]),
        ("@supports selector(:has(a)) { a:has(b) { color: red } }", []),
        ("/* a { inset: 0 } */ .inset { content: 'inset: 0'; clip-path: inset(50%) }", []),
    ],
)  # fmt: skip
def test_a_late_word_in_a_sheet_is_noticed_and_a_guarded_one_is_not(
    sheet: str, late: list[str]
) -> None:
    assert list(late_in_sheet(sheet)) == late


def test_late_words_in_a_script_and_in_a_page_are_noticed() -> None:
    assert list(late_in_script('const a = "x.at(1)"; // b.at(2)\nlist.at(-1); structuredClone(a)')) == [
        "at: 92", "structuredClone: 98",
    ]  # fmt: skip
    assert late_in_page('<p inert style="inset: 0"><script>a.toSorted()</script>{{ a.at(1) }}') == [
        "inert: 102", "inset: 87", "toSorted: 110",
    ]  # fmt: skip
