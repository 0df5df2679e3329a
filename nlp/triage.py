"""What must be seen before any policy is looked up: danger, retaliation, a wish to report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casework.tickets import Kind
from nlp.alarms import Alarms
from nlp.blame import Blame
from nlp.following import Following
from nlp.household import Family
from nlp.identity import OF_MY_KIN, Identity
from nlp.listener import (
    DANGER,
    DESPAIR,
    ELSEWHERE,
    OTHER,
    QUESTION,
    REPORT,
    SMALLTALK,
    THREAT,
    Listener,
)
from nlp.openings import Openings
from nlp.times import Times
from nlp.weights import Weights
from nlp.who import Mention, PlaceBefore, Who, no_place
from nlp.who import Words as WhoWords
from nlp.words import clauses, is_spelled, letters, normalise, words_of

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
    r"|(?<![好这那十百千万前后头有了])几(?=[天个年月回次口间层户期级号点样种])"
    r"|(?<=[补给能])几[千百万]|(?<![没不差])多(?=[少大长久高远])"
    r"|^(?:who|what|when|where|how|why|which|can|could|do|does|did|is|are|am|may|must|will|should)\b"
)


#: A wish to report, taken back: 不是要反映, 没想告谁; not 是不是要反映, 不告诉.
_DENIES = re.compile(
    r"(?<![是还])(?:不(?:是|想|用|打算)?|没(?:想|打算))(?:来|去|要|想)?(?:反映|举报|投诉|告(?![诉知]))"
    r"|(?:not|n't)(?: want| wish| going| here)?(?: to)? (?:report|complain)"
)

#: What a villager may tell the bot to do, by a word that counts only as a whole message.
VERBS = (
    "menu", "help", "ask", "report", "status", "human", "phone", "training", "unsubscribe",
    "back", "again", "cancel", "enough",
)  # fmt: skip
#: As menus and links of the platforms write them.
SLASHED = {**{f"/{verb}": verb for verb in VERBS}, "/start": "menu"}


#: How sure the listener must be to be believed alone. By lines left out of the learning: of a thousand
#: messages that are none two are taken for a danger or a threat, which is acted on at once; what only
#: leads to words may be wrong more often.
SURE = {
    DANGER: 0.97, THREAT: 0.985, DESPAIR: 0.35, REPORT: .93, SMALLTALK: 0.35, ELSEWHERE: 0.45, OTHER: 0.75,
    QUESTION: 0.6,
}  # fmt: skip
#: So sure of what is rather told than asked, and of small talk, which is both.
SURE_OF_A_QUESTION, SURE_OF_SMALL_TALK = 0.95, 0.7
#: A few words about somebody of the family sound like the beginning of a farewell: 俺婶子也看见了.
SHORT_OF_KIN, SURE_OF_KIN = 8, 0.9
#: What is asked as often as told.
ASKED = (QUESTION, DESPAIR, ELSEWHERE, OTHER)
#: What the whole message must be: a friendly clause, or one about the weather, stands in any.
OF_THE_WHOLE = (SMALLTALK, OTHER)
#: How likely it must be to be asked about beside whatever else is said: nothing is done before her yes.
#: What is likely together is asked about: alarms as the likeliest of them.
MAYBE = {DANGER: 0.35, THREAT: 0.43, REPORT: 0.25}
MAYBE_ONE_OF = 0.65
#: What is done about each of them, the most pressing first.
LEADS_TO = {DANGER: "urgent", THREAT: "retaliation", REPORT: "report"}


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Where words alone are not believed: the listener finds it less likely than `below`, and is `sure`
    that it is one of the `harmless` kinds."""

    below: float
    harmless: Sequence[str]
    sure: float = 0.65


_NO_HELP = (ELSEWHERE, SMALLTALK, OTHER)
#: What words alone tell is only asked about there: what a rule says of houses with cracks, dreams, films. Of
#: 621 dangers in such words, left out of the learning, 17 are asked about so; of 138 questions and 244
#: lines that tell of none, 97 and 185; of 130 threats 2, of 44 that are none 30.
DOUBTED = {
    DANGER: Doubt(below=0.3, harmless=(QUESTION, *_NO_HELP)),
    THREAT: Doubt(below=0.4, harmless=(QUESTION, *_NO_HELP), sure=0.75),
    REPORT: Doubt(below=0.05, harmless=(SMALLTALK,)),
}
#: And is let go there. Who asks about a house that gives way may have one; who asks what the law says of
#: threats need have none. Of the same 621 dangers one is let go, of 244 lines 132; of 130 threats none, of
#: 44 15; of 101 who may end a life none, of 47 sayings 16.
LET_GO = {
    DANGER: Doubt(below=0.05, harmless=_NO_HELP),
    THREAT: Doubt(below=0.05, harmless=(QUESTION, *_NO_HELP)),
    DESPAIR: Doubt(below=0.015, harmless=(QUESTION, REPORT, *_NO_HELP)),
}
#: So likely, a threat is asked about before a report begins.
PRESSED = 0.7
#: So long is a clause that is listened to for itself beside one that asks, and so many are.
SHORTEST_PART, MOST_PARTS = 3, 16
#: So likely what is told beside it must be of a kind to be asked about.
TOLD_BESIDE = {DANGER: 0.55, THREAT: 0.6, REPORT: 0.55}
#: So many different letters can tell of something by themselves; fewer only of small talk, with little doubt.
FEWEST, SURE_OF_FEW = 5, 0.8


#: How much the words count beside what was learned of categories, in a story and in a few words (of so many
#: letters); and from where on a report is taken to say nothing yet of what it is about.
WORDS, WORDS_OF_A_FEW, A_FEW, SAYS_NOTHING = 0.3, 2.0, 12, 0.6
#: Where a house may come down, and who is threatened.
IMMINENT, THREATENED = "safety.imminent", "leak.reporter"


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
    blame: Blame | None  # learned, where people marked who did it
    identity: Identity
    family: Family
    alarms: Alarms
    evidence: Words
    times: Times
    openings: Openings
    following: Following
    listener: Listener
    sorter: Listener  # of what a report is about, by categories
    categories: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        table: Mapping[str, object],
        listener: Listener,
        sorter: Listener,
        whom: Weights | None = None,
    ) -> Lexicon:
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
            blame=Blame(whom, named) if whom else None,
            alarms=Alarms(
                {name: group(words) for name, words in told.items()},
                words("danger"),
                named,
                who.kin,
            ),
            family=Family.of(group(table["household"])),
            identity=Identity(words("places_not_names")),
            evidence=group(table["evidence"]),
            times=Times(group(table.get("times", {}))),
            openings=Openings(group(table.get("openings", {}))),
            following=Following(group(table.get("following", {}))),
            listener=listener,
            sorter=sorter,
        )

    def hears(self, kind: str, clear: str) -> bool:
        """Whether the listener is sure enough that the normalised text, or a clause of it, is of that
        kind: surer where something is asked, and not of a word or two."""
        heard = self.listener.hear if kind in OF_THE_WHOLE else self.listener.loudest
        likely, few = heard(clear).get(kind, 0.0), len(letters(clear)) < FEWEST
        if likely < SURE[kind] or (few and (kind != SMALLTALK or likely < SURE_OF_FEW)):
            return False
        sure = SURE_OF_SMALL_TALK if kind == SMALLTALK else SURE_OF_A_QUESTION
        return likely >= sure or kind in ASKED or not asks(clear)

    def loudness(self, kind: str, clear: str) -> float:
        """How likely the normalised text, or a clause of it, is of that kind."""
        return self.listener.loudest(clear).get(kind, 0.0)

    def named(self, clear: str, place_before: PlaceBefore = no_place) -> tuple[Mention, ...]:
        """Everybody whom the normalised text names as doing it, in its order."""
        if self.blame is None:
            return self.who.named(clear, place_before, self.complains)
        return self.blame.named(*self.who.mentions(clear, place_before), self.complains)

    def complains(self, clear: str) -> float:
        """How likely the normalised text tells of a wrong; half where nothing was learned."""
        heard = self.listener.loudest(clear)
        return heard[REPORT] + heard[THREAT] if heard else 0.5

    def suspects(self, kind: str, clear: str) -> bool:
        """Whether the normalised text, or what it tells beside what it asks, may be of that kind, so that
        she is asked."""
        if self._may_be(kind, clear, self.listener.loudest(clear)):
            return True
        told = _told_beside_a_question(clear)
        if len(letters(told)) <= FEWEST:  # a name
            return False
        if self.listener.hear(told).get(kind, 0.0) < TOLD_BESIDE[kind]:
            return False
        return kind != REPORT or bool(self.who.mentions(told)[1])  # 俺家四口人 tells of nobody

    def _may_be(self, kind: str, clear: str, heard: Mapping[str, float]) -> bool:
        likely = heard.get(kind, 0.0)
        alarms = {each: heard.get(each, 0.0) for each in (DANGER, THREAT, DESPAIR)}
        if kind == REPORT:  # who is pressed tells of a wrong as well
            one_of = likely + alarms[THREAT] >= MAYBE_ONE_OF
        else:
            one_of = likely == max(alarms.values()) and sum(alarms.values()) >= MAYBE_ONE_OF
        return len({*letters(clear)}) >= FEWEST and (likely >= MAYBE[kind] or one_of)

    def harmless(self, kind: str, clear: str, doubts: Mapping[str, Doubt]) -> bool:
        """Whether the listener hears next to nothing of that kind, in what is told beside a question
        neither, and is sure of what is harmless."""
        heard, doubt = self.listener.loudest(clear), doubts[kind]
        if not heard or heard[kind] >= doubt.below:
            return False
        told = _told_beside_a_question(clear)
        if told and self.listener.hear(told)[kind] >= doubt.below:
            return False
        return sum(heard[each] for each in doubt.harmless) >= doubt.sure


def _told_beside_a_question(clear: str) -> str:
    """What the clauses tell that ask nothing, of a text in which another one asks; "" of any other."""
    parts = clauses(clear, SHORTEST_PART)[:MOST_PARTS]
    told = [each for each in parts if not asks(each)]
    return ",".join(told) if 0 < len(told) < len(parts) else ""


def _any(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


def _without(text: str, words: Sequence[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return text


def is_danger(text: str, lexicon: Lexicon) -> bool:
    """A house that may come down on somebody now, or has."""
    text = normalise(text)
    told = _told_of_danger(text, lexicon)
    if told or lexicon.alarms.of_despair(text):
        return told and not lexicon.harmless(DANGER, text, DOUBTED)
    return lexicon.hears(DANGER, text) and not lexicon.alarms.is_over(text)


def _told_of_danger(clear: str, lexicon: Lexicon) -> bool:
    return lexicon.alarms.of_a_house(clear) and not _any(clear, lexicon.danger_not)


def is_retaliation(text: str, lexicon: Lexicon) -> bool:
    """A threat or a leak: a supervisor must see it, no machine may answer it."""
    text = normalise(text)
    if _told_of_a_threat(text, lexicon):
        return not lexicon.harmless(THREAT, text, DOUBTED)
    return lexicon.hears(THREAT, text)


def _told_of_a_threat(clear: str, lexicon: Lexicon) -> bool:
    return _any(clear, lexicon.retaliation) or lexicon.alarms.of_a_threat(
        _without(clear, lexicon.report_wish)
    )


def may_be_pressed(text: str, lexicon: Lexicon) -> bool:
    """Whether what tells of a wrong may tell of a threat as much."""
    return lexicon.listener.loudest(normalise(text)).get(THREAT, 0.0) >= PRESSED


def is_despair(text: str, lexicon: Lexicon) -> bool:
    """Somebody may end a life: a person must be reached, and nothing else is said."""
    text = normalise(text)
    if lexicon.alarms.of_despair(text):
        return not lexicon.harmless(DESPAIR, text, LET_GO)
    # Less is left of 房子再不修俺死活不搬 than was said.
    meant = lexicon.alarms.without_sayings(text)
    is_of_kin = OF_MY_KIN.match(text) and len(letters(text)) < SHORT_OF_KIN
    if is_of_kin and lexicon.loudness(DESPAIR, text) < SURE_OF_KIN:
        return False
    return all(lexicon.hears(DESPAIR, each) for each in {text, meant})


def wants_report(text: str, lexicon: Lexicon) -> bool:
    """Whether she says so, and not the opposite beside it."""
    return _any(normalise(text), lexicon.report_wish) and not denies_report(text)


def denies_report(text: str) -> bool:
    """不是要反映, 先不举报, 没想告谁: she only asks, or talks."""
    return bool(_DENIES.search(normalise(text)))


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
    told = _any(text, lexicon.wrongdoing) or lexicon.alarms.of_taking(text)
    if told:
        return not lexicon.harmless(REPORT, text, DOUBTED)
    return lexicon.hears(REPORT, text)


def beside(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What a message may be besides whatever it is answered with, the most pressing first."""
    clear = normalise(text)
    found = {kind for kind in LEADS_TO if lexicon.suspects(kind, clear)}
    if lexicon.alarms.is_over(clear):
        found.discard(DANGER)
    for kind, told in ((DANGER, _told_of_danger), (THREAT, _told_of_a_threat)):
        if told(clear, lexicon) and not lexicon.harmless(kind, clear, LET_GO):
            found.add(kind)
    return tuple(leads_to for kind, leads_to in LEADS_TO.items() if kind in found)


def asks(text: str) -> bool:
    return bool(_ASKS.search(normalise(text).strip()))


def asks_whether_amiss(text: str, lexicon: Lexicon) -> bool:
    return _any(normalise(text), lexicon.amiss_question)


def categories(text: str, lexicon: Lexicon) -> tuple[tuple[str, float], ...]:
    """Category ids with how likely each is, the likeliest first: as learned from reports people sorted,
    and by the words found. A house that may come down and a threat stand first, where they are told.
    Nothing where nothing says what it is about."""
    text = normalise(text)
    learned, by_words = lexicon.sorter.hear(text), _by_words(text, lexicon)
    if learned.get(OTHER, 0.0) >= SAYS_NOTHING and not by_words:
        learned = {}
    counts = WORDS_OF_A_FEW if len(letters(text)) <= A_FEW else WORDS
    found = {
        category: learned.get(category, 0.0) + counts * by_words.get(category, 0.0)
        for category in (*learned, *by_words)
        if category != OTHER
    }
    whole = sum(found.values())
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    likely = [(category, round(weight / whole, 3)) for category, weight in ranked]
    alarms = [(IMMINENT, is_danger), (THREATENED, is_retaliation)]
    first = [(category, 1.0) for category, told in alarms if told(text, lexicon)]
    return (*first, *likely)


def misconduct(ranked: Sequence[tuple[str, float]], lexicon: Lexicon) -> float:
    """How likely one of the categories that are somebody's misconduct is, all of them together."""
    return sum(share for category, share in ranked if category in lexicon.kinds.get(Kind.CLUE, ()))


def _by_words(clear: str, lexicon: Lexicon) -> dict[str, float]:
    """Each category's share of the words found."""
    found: dict[str, float] = {}
    for groups in lexicon.kinds.values():
        for category, words in groups.items():
            weight = sum(len(word) ** 0.5 for word in words if word in clear)
            if weight:
                found[category] = weight
    whole = sum(found.values())
    return {category: weight / whole for category, weight in found.items()}


def kind(text: str, ranked: Sequence[tuple[str, float]], lexicon: Lexicon) -> Kind | None:
    """Danger first; then the kind that gathers most of the words."""
    clear = normalise(text)
    if is_danger(text, lexicon) and (
        _any(clear, lexicon.lives_there)
        # who tells of somebody's doings as well is asked whom first: he must not read it
        or (lexicon.alarms.somebody_inside(clear) and not tells_of_wrong(clear, lexicon))
    ):
        return Kind.URGENT
    weights: dict[str, float] = {}
    for category, weight in ranked:
        if category == IMMINENT:  # of a house that stands empty, or is only badly built
            continue
        owner = next((k for k, groups in lexicon.kinds.items() if category in groups), Kind.CLUE)
        weights[owner] = weights.get(owner, 0.0) + weight * weight  # many small shares are noise
    if not weights:
        return Kind.URGENT if is_danger(text, lexicon) else None
    return Kind(max(weights.items(), key=lambda item: item[1])[0])
