"""What must be seen before any policy is looked up: danger, retaliation, a wish to report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casework.tickets import Kind
from nlp.alarms import Alarms
from nlp.household import Family
from nlp.identity import Identity
from nlp.listener import DANGER, DESPAIR, REPORT, SMALLTALK, THREAT, Listener
from nlp.openings import Openings
from nlp.who import Who
from nlp.who import Words as WhoWords
from nlp.words import is_spelled, letters, normalise, words_of

Words = Mapping[str, Sequence[str]]

#: 村支书, 包工头, the village head and the like tell whom it is about, and not yet what: so many letters,
#: or words that are spelled, are more than a title.
MOST_OF_A_TITLE = 5
MOST_WORDS_OF_A_TITLE = 4

#: How a question is put: 能不能, 要钱不要, 按…还是…, a word for what is not known. The same words beside
#: 都, 也, 没 or 不管 ask nothing: 谁都不管, 没啥, 好几天.
_ASKS = re.compile(
    r"[?吗]|真的假的|是否|能否|可否|(.)[不没]\1|(.).{1,4}[不没]\2(?=$|[\s,。!;、])"
    r"|(?:[不没]|能.{1,6}没有)(?=$|[\s,。!;、])|中不|[是按先给盖修].{1,12}还是(?!.{0,2}的)|归.{0,20}管"
    r"|(?<![没说管论])(?<!知道)(?<!晓得)"
    r"(?:咋|怎么|怎样|如何|为啥|为什么|凭啥|啥|什么|哪|谁(?!家))(?![都也怕])"
    r"|(?<![好这那十百千万前后头有])几(?=[天个年月回次口间层户期级号点样种])"
    r"|(?<=[补给能])几[千百万]|(?<![没不差])多(?=[少大长久高远])"
    r"|^(?:who|what|when|where|how|why|which|can|could|do|does|did|is|are|am|may|must|will|should)\b"
)


#: What a villager may tell the bot to do, by a word that counts only as a whole message.
VERBS = (
    "menu", "help", "ask", "report", "status", "human", "phone", "training", "unsubscribe",
    "back", "again", "cancel",
)  # fmt: skip
#: As menus and links of the platforms write them.
SLASHED = {**{f"/{verb}": verb for verb in VERBS}, "/start": "menu"}


#: How sure the listener must be. By lines left out of the learning: of a thousand messages that are none
#: one is taken for one, for a threat is filed and a danger frightens; of reports and small talk up to
#: eight, what is said to them is only an offer. It hears less than it could: the lines are still few.
SURE = {DANGER: 0.97, THREAT: 0.985, DESPAIR: 0.6, REPORT: 0.85, SMALLTALK: 0.8}
SURE_OF_A_QUESTION = 0.95
#: So many letters can tell of something by themselves.
FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """The word lists of `triage.toml`."""

    danger_not: Sequence[str]
    lives_there: Sequence[str]
    retaliation: Sequence[str]
    report_wish: Sequence[str]
    human: Sequence[str]
    ours: Sequence[str]  # words that name the programme itself
    commands: Mapping[str, str]  # word → verb
    amiss_question: Sequence[str]
    wrongdoing: Sequence[str]
    kinds: Mapping[str, Words]
    who: Who
    identity: Identity
    family: Family
    alarms: Alarms
    evidence: Words
    openings: Openings
    listener: Listener
    categories: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, object], listener: Listener) -> Lexicon:
        def words(key: str) -> Sequence[str]:
            value = table[key]
            assert isinstance(value, list)
            return tuple(str(word) for word in value)

        def group(value: object) -> Words:
            assert isinstance(value, Mapping)
            return {str(k): tuple(map(str, v)) for k, v in value.items()}

        def group_of(value: object) -> Mapping[str, object]:
            assert isinstance(value, Mapping)
            return value

        kinds, wrong = table["kinds"], table["wrongdoing"]
        who, told = WhoWords.of(group_of(table["who"])), group_of(table["alarms"])
        named = Who(group(table["roles"]), who)
        assert isinstance(kinds, Mapping)
        assert isinstance(wrong, Mapping)
        return cls(
            danger_not=words("danger_not"),
            lives_there=words("lives_there"),
            retaliation=words("retaliation"),
            report_wish=words("report_wish"),
            human=words("human"),
            ours=words("ours"),
            commands=SLASHED
            | {normalise(w): verb for verb in VERBS for w in group(table["commands"])[verb]},
            amiss_question=words("amiss_question"),
            wrongdoing=group(wrong)["words"],
            kinds={str(kind): group(value) for kind, value in kinds.items()},
            who=named,
            alarms=Alarms(
                {name: group(words) for name, words in told.items()},
                words("danger"),
                named,
                who.kin,
            ),
            family=Family.of(group(table["household"])),
            identity=Identity(words("places_not_names")),
            evidence=group(table["evidence"]),
            openings=Openings(group(table.get("openings", {}))),
            listener=listener,
        )

    def hears(self, kind: str, clear: str) -> bool:
        """Whether the listener is sure enough that the normalised text, or a clause of it, is of that
        kind: surer where something is asked, and not of a word or two."""
        likely = self.listener.loudest(clear).get(kind, 0.0)
        if likely < SURE[kind] or (len(letters(clear)) < FEWEST and kind != SMALLTALK):
            return False
        return likely >= SURE_OF_A_QUESTION or not asks(clear)


def _any(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


def _without(text: str, words: Sequence[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return text


def is_danger(text: str, lexicon: Lexicon) -> bool:
    """A house that may come down on somebody now, or has."""
    text = normalise(text)
    told = lexicon.alarms.of_a_house(text) and not _any(text, lexicon.danger_not)
    if told or lexicon.alarms.of_despair(text):
        return told
    return lexicon.hears(DANGER, text) and not lexicon.alarms.is_over(text)


def is_retaliation(text: str, lexicon: Lexicon) -> bool:
    """A threat or a leak: a supervisor must see it, no machine may answer it."""
    text = normalise(text)
    return (
        _any(text, lexicon.retaliation)
        or lexicon.alarms.of_a_threat(_without(text, lexicon.report_wish))
        or lexicon.hears(THREAT, text)
    )


def is_despair(text: str, lexicon: Lexicon) -> bool:
    """Somebody may end a life: a person must be reached, and nothing else is said."""
    text = normalise(text)
    meant = lexicon.alarms.without_sayings(text)
    return lexicon.alarms.of_despair(text) or lexicon.hears(DESPAIR, meant)


def wants_report(text: str, lexicon: Lexicon) -> bool:
    return _any(normalise(text), lexicon.report_wish)


def says_what(text: str, lexicon: Lexicon) -> bool:
    """Whether the words that begin a report tell what happened: more than the wish to report, a title
    or a question of policy."""
    clear = normalise(text)
    if asks(clear) and not tells_of_wrong(clear, lexicon):
        return False
    clear = _without(clear, lexicon.report_wish)
    if is_spelled(clear):
        return len(words_of(clear)) >= MOST_WORDS_OF_A_TITLE
    return len(letters(clear)) >= MOST_OF_A_TITLE


def tells_of_wrong(text: str, lexicon: Lexicon) -> bool:
    """The message is itself a report: it states what somebody did."""
    text = normalise(text)
    return (
        _any(text, lexicon.wrongdoing)
        or lexicon.alarms.of_taking(text)
        or lexicon.hears(REPORT, text)
    )


def asks(text: str) -> bool:
    return bool(_ASKS.search(normalise(text).strip()))


def asks_whether_amiss(text: str, lexicon: Lexicon) -> bool:
    return _any(normalise(text), lexicon.amiss_question)


def categories(text: str, lexicon: Lexicon) -> tuple[tuple[str, float], ...]:
    """Category ids with a share of the words found, the likeliest first."""
    text = normalise(text)
    found: dict[str, float] = {}
    for groups in lexicon.kinds.values():
        for category, words in groups.items():
            weight = sum(len(word) ** 0.5 for word in words if word in text)
            if weight:
                found[category] = weight
    whole = sum(found.values())
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple((category, round(weight / whole, 3)) for category, weight in ranked)


def kind(text: str, ranked: Sequence[tuple[str, float]], lexicon: Lexicon) -> Kind | None:
    """Danger first; then the kind that gathers most of the words."""
    if is_danger(text, lexicon) and _any(normalise(text), lexicon.lives_there):
        return Kind.URGENT
    weights: dict[str, float] = {}
    for category, weight in ranked:
        owner = next(k for k, groups in lexicon.kinds.items() if category in groups)
        weights[owner] = weights.get(owner, 0.0) + weight
    if not weights:
        return Kind.URGENT if is_danger(text, lexicon) else None
    return Kind(max(weights.items(), key=lambda item: item[1])[0])
