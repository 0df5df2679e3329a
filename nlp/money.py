"""Sums of money out of a story, as they are written and as they are spoken.

A sum is a numeral beside a unit of money, or behind a word of paying in its own clause; whatever else
is counted is none. Of a range (两三千) and of what is no more than a beginning (一万多) it is the lower
end: nobody is to be said to have taken more than the text says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_DIGITS = dict(zip("零〇一二两俩三仨四五六七八九", map(int, "00122233456789"), strict=True))
_DIGITS |= dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True))
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000}
_UNITS |= {"万": 10**4, "萬": 10**4, "w": 10**4, "亿": 10**8, "廿": 10, "卅": 10}
#: How many tens such a sign is by itself.
_TENS = {"廿": 2, "卅": 3}

#: Nobody writes or says a longer number; what is longer is none.
LONGEST_NUMBER = 24
#: Yuan. What is larger was counted in something else.
LARGEST = 10**10
#: How far before a sum a word of paying stands, in letters; and where it must stand nearer.
NEAR, BESIDE = 12, 8
#: From here on, yuan, a number is one also behind words that may count something else.
LARGE = 1000
#: A number in digits that is less than this is an age, a count, a day.
FEWEST_IN_DIGITS = 100

_D = "[一二两俩三仨四五六七八九壹贰叁肆伍陆柒捌玖]"
_RANGE = "一二|一两|[二两]三|三四|四五|五六|六七|七八|八九|三五"
_WRITTEN = r"(?<![0-9.])[0-9]{1,3}(?:[,,][0-9]{3}){1,3}(?![0-9])(?:\.[0-9]{1,4})?|[0-9]{1,24}(?:\.[0-9]{1,4})?"
_U = r"[十拾百佰千仟万萬亿廿卅]|(?<=[0-9])[kw](?![a-z0-9]{2}|[a-z])"
_RUN = re.compile(r"[0-9零〇一二两俩三仨四五六七八九壹贰叁肆伍陆柒捌玖十拾百佰千仟万萬亿廿卅]+")
_TERM = re.compile(
    rf"(?P<exact>[零〇])?(?:(?P<count>{_WRITTEN}|{_RANGE}|{_D})?(?P<unit>{_U})"
    rf"|(?P<rest>{_WRITTEN}|(?:{_RANGE})(?!{_D}|{_U})|{_D}(?!{_U})))"
)
#: 二〇一九, and what is neither a range nor counted by a unit: 五零零.
_SPELLED = re.compile(
    rf"(?!(?:{_RANGE})(?![零〇一二三四五六七八九]))[零〇一二三四五六七八九]{{2,24}}(?!{_U})"
)

_MORE = re.compile(r"(?P<about>好?几|[多来余把])?(?P<unit>[十百千万亿])?[多来余几]?")
_THINGS = (
    "[青红旧新]?砖|[红青]?瓦|石|[楼木水]?板|预制|[荒菜宅田空耕坡自]?地(?!皮)|木|玻璃|布|匾|牌|肉|田|表|碑|铁|皮|泥|土|"
    "墙|云|疤|糖|煤|冰|水泥|区域"
)
_NAME = re.compile(
    rf" ?(?:块大洋|大洋|块钱|块(?!(?:{_THINGS})(?!钱|款|费))|元整|元钱|元(?![旦宵素月件])|圆整|圆(?![形圈满])|钱|"
    r"人民币|¥|(?:rmb|cny|yuan|crowns?|dollars?|pounds?|euros?)\b)"
)
_BRICKS = re.compile("[砖瓦][共总是用了有]{0,3}$")
_SIGN = re.compile(r"(?:[¥¥$€£]|人民币|rmb) ?:?$")

#: What is measured in numbers without a unit.
_MEASURED = re.compile("血压|血糖|近视|体重|身高|分数|考了|人口|人数|户数|总户|面积|产量|亩产")
#: What is counted by these is no money, and the longer words that only begin like one of them.
_COUNTED = re.compile(
    "户(?![主口头籍名])|家(?![里人中属具电境])|人(?!家|民币|情|工|力|均)|名(?!义)|位|口(?!头|袋)|个(?!人|体|别)|年(?![底前初关轻纪头])|"
    "月(?![底初])|日(?!子)|天(?![天黑晴冷热理])|周(?![围])|号(?!称|召)|岁|平|㎡|m2|米|亩|斤|公[里斤分顷]|千[克米瓦]|吨|间(?![接隔])|层|栋|座|"
    "处(?![理罚分])|次|遍|回(?![来去家])|趟|下(?![来去月半午])|分钟|秒|室|小时|页|份(?!子)|字(?!据)|条(?![子件])|头(?=猪|牛|羊|驴|骡|$|[,。])|分(?![给了发成批期红])|"
    "只(?:鸡|羊|鸭|猫|狗|手|眼|兔|鹅|猪|蛋)|棵|根(?![本据儿子])|片|袋|包(?![工括干活了给盖在])|车(?![费钱票])|方(?![便面才法])|立方|桶|桌|瓶|箱|"
    "盒|台|辆|双|顶|副|件|种(?!地|了|粮)|类|期(?![限间])|代|辈|倍|度|角|毛|步|里(?![头面边外])|尺|寸|丈|厘|毫|%|‰|个?百分|票(?!子)|堆|捆|担|筐|缸|"
    "碗|圈|针|级|届|批(?![下了给不])|套(?![取路走])|张(?:纸|票|图|照片|桌|床|表|证|单|白条|嘴|卡|皮)|群众|[村农居灾]民|老?百姓|农户|贫困|党员|"
    "[青红旧新]?砖(?![钱款])|瓦(?![钱款])|[a-z]|[-/.年](?=[0-9])|块"
)
#: Behind the last digit of a number: it begins a count of its own, 三千|五户.
_BEGINS_A_COUNT = re.compile(
    "[户平米亩斤吨间层次遍趟袋车桌瓶口岁](?![主里头])|个(?!人)|家(?![里人中])|人(?!家)|天(?!天)|年(?![前底初])|月(?![底初])"
)
_ONE_BEGINS = re.compile("[共起直样定下般些点并律切会边旦块套批开交收来个级](?!钱)|方面|到")
_EACH = re.compile("(?:一|每一?|/)(?:[户家人口天个年月平次袋方车间亩顿趟回桌斤吨级]|立方)")
_END = re.compile(r"(?:左右|上下|以上|整)?(?:[了的呢吧啊哩嘞呀哦]{0,2})(?:$|[,,。.;;!!??、\s:)(])")
_FOR = re.compile(
    "的?[一-鿿]{0,4}?(?:费|款|金|钱|补助|补贴|补偿|工资|红包|回扣|利息|贷款|彩礼|标准)|[就能]?(?:买|包过)"
)

_PAYS = "攒收交给补打扣退领借塞罚缴付赔花贷讹捞吞骗贪昧坑掏凑垫汇拨捐挣赚卖买送拿要欠少差剩出取转支截抽赢输值贴还落得寄奖随"
_PAYING = re.compile(
    f"[{_PAYS}]|[费款钱金]|补助|补贴|补偿|赔偿|救助|低保|工资|红包|好处|回扣|存折|卡上|到账|到手|入账|账上|进账|进了|套取|敲诈|勒索|索要|挪用|"
    "克扣|截留|私分|报销|奖励|罚没|孝敬|上供|打点|利息|彩礼|造价|报价|开价|票|集资|分红|一笔|价|成本|预算|收入|损失|标准|欠条|收据|条子|张口|开口|狮子|债|饥荒|窟窿|投[了资入进]"
)
#: Such words hold a letter of paying and pay nothing.
_NO_PAYING = re.compile(
    "差不多|差点|不少|多少|至少|少说|只要|要是|要不|还是|还有|出[来去门生]|打听|打电话|拿着|取消|转眼|值班|退[休伍]|领导|收拾|收成|交通|要求|"
    "交界|交代|得[很到住]|打[工算仗井]|买卖|花[生园草]|落实|给[我俺咱]说|支[书部委持]|会计|现金|金[额属]|价值观"
)
#: These count money as well as people and days.
_PAYS_A_LITTLE = re.compile(
    "(?:[收交给扣罚欠退塞借要补掏花费捐赔少]|到手)(?:[了过走去俺我给他她咱每多一户家人]{0,4})$"
)
_SAYING = re.compile(
    "报|批|定|算|合|够|是|有|才|只|就|仅|共|总|每|各|[一/][户家人月年天桌套车冬夏趟晚袋级个]|贵|便宜|多$|写|涨|降|到|成|说|讲|谈|花|搭|加|减|添"
)
#: 按两千三算: by so much it is reckoned.
_BY, _IS_RECKONED = re.compile("[按照依]$"), re.compile("(?:来|给)?(?:算|计|结|发|补|赔|收|扣)")
#: 一家五十: so much of each, where the clause before says that something is paid.
_OF_EACH = re.compile("(?:[一每][家户人口]人?|[一每]个人)(?:头)?(?:是|就|得|要)?$")
_PAYS_EACH = re.compile("[收交缴][^,。]{0,10}[费钱款金]|[费款]$|集资|摊派|押金|收钱|交钱")
#: 同校的平均六千多: such a sum beside another.
_LIKEWISE = re.compile("(?:平均|顶多|最多|最少|人家|别人|旁人)(?:是|才|都|也)?$")
#: What goes on after a sum that is all of its phrase: 一共八千|都给了他.
_GOES_ON = re.compile("[都也就还又给被叫让全他她俺我咱谁到没不才]|人家")
_ASIDE = re.compile(
    "[号第届版约]码?[是为::]?$|(?:电话|手机|座机|账户|卡|尾数|编码|密码|身份证|微信|qq|热线|门牌|车牌|邮编|面积|[宽长高深厚])[是为::号]{0,2} ?$|"
    r"[〔[((【第#]$|[0-9][- —~/.:]$|[a-z][- ]?$|分之$|盖[成个]?$"
)
_CALLS = re.compile("[打拨呼叫报喊]")
_OF_A_CALL = re.compile("1[0-9]{2}|(?:12|10|9[56])[0-9]{2}[1-9]|96[0-9]{3,4}")
_YEAR = re.compile("19[0-9]{2}|20[0-3][0-9]|[一二]九?[〇零九][〇零一二][〇零一二三四五六七八九]")
_STOPS = re.compile("[。;!?\n,,;!?]")
_BECOMES = re.compile(
    "(?:块|元)?(?:变|涨|降|减|缩|改|提|加)(?:成|到|至|为)了?[0-9一二两三四五六七八九十]"
)
_TO = re.compile("[-~—到至]")
_OR = re.compile("[-~—、到至或和跟]|,,? ?")


@dataclass(frozen=True)
class Sum:
    """A sum in yuan, and where its words stand in the text."""

    yuan: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class _Numeral:
    """A number in a text. `lone` begins with its unit (百万, 千把); `tail` is where the last digit of
    三千五 stands, which counts hundreds."""

    value: float
    start: int
    end: int
    unit: int = 0  # the last of its units
    lone: bool = False
    tail: int = 0
    short: float = 0.0  # the value without the tail


def number(text: str) -> float | None:
    """A number as it is written or spoken, and nothing beside it; of a range its lower end.

    >>> number("三千五"), number("一万二"), number("十四"), number("2.2万"), number("1.2w")
    (3500.0, 12000.0, 14.0, 22000.0, 12000.0)
    >>> number("两三千"), number("一千零五"), number("12,000"), number("廿五"), number("三户")
    (2000.0, 1005.0, 12000.0, 25.0, None)
    """
    if not 0 < len(text) <= LONGEST_NUMBER:
        return None
    read = _read(text, 0)
    return read.value if read.end == len(text) else None


def _read(text: str, at: int) -> _Numeral:
    """The number that begins at `at`, where a numeral stands."""
    if spelled := _SPELLED.match(text, at):
        digits = "".join(str(_DIGITS[each]) for each in spelled.group())
        return _Numeral(value=float(digits), start=at, end=spelled.end())
    start, whole, part, last, lone = at, 0.0, 0.0, 0, False
    while term := _TERM.match(text, at):
        unit, count, first = _UNITS.get(term["unit"] or "", 0), _count(term["count"]), at == start
        if not unit:
            return _ended(term, start, whole + part, last, lone)
        if not count and (first or (unit, last) == (10, 100)):
            count = _TENS.get(term["unit"], 1)
            lone = first and unit >= 100
        if unit >= 10**4:
            if 10**4 <= last <= unit or not part + count:
                break
            whole, part = whole + (part + count) * unit, 0.0
        elif 0 < last <= unit or not count:
            break
        else:
            part += count * unit
        last, at = unit, term.end()
    return _Numeral(value=whole + part, start=start, end=max(at, start + 1), unit=last, lone=lone)


def _ended(term: re.Match[str], start: int, before: float, last: int, lone: bool) -> _Numeral:
    """A number that ends in digits: 三千五 is 3500, 三千零五 3005, 1万500 10500, 三十五 35."""
    digits, at = _count(term["rest"]), term.start("rest")
    if last and digits >= last:  # 三千 and 5000
        return _Numeral(value=before, start=start, end=term.start(), unit=last, lone=lone)
    if last < 100 or term["exact"] or digits >= 10:
        return _Numeral(value=before + digits, start=start, end=term.end(), unit=last, lone=lone)
    return _Numeral(
        value=before + digits * last / 10, start=start, end=term.end(), unit=last, lone=lone,
        tail=at, short=before,
    )  # fmt: skip


def _count(said: str | None) -> float:
    if not said:
        return 0.0
    return float(_DIGITS[said[0]]) if said[0] in _DIGITS else float(re.sub("[,,]", "", said))


def _numerals(text: str) -> Iterator[_Numeral]:
    at = 0
    while run := _RUN.search(text, at):
        at, end = run.span()
        if end - at > LONGEST_NUMBER:
            at = end
            continue
        if run.group().startswith("万一"):
            at += 2
        while at < end:
            read = _read(text, at)
            yield read
            at = read.end


def sums(text: str) -> tuple[Sum, ...]:
    """Every sum of a normalised text, in the order they are named."""
    found: list[Sum] = []
    lower: _Numeral | None = None  # 三 of 三到五万
    for each in _numerals(text):
        numeral = _widened(text, each)
        name = _NAME.match(text, numeral.end)
        if not _is_money(text, numeral, name, found[-1] if found else None):
            lower = each if _TO.match(text, each.end) else None
            continue
        if lower and lower.end + 1 == each.start and (yuan := _lower_end(lower, each)):
            found.append(Sum(yuan, lower.start, lower.end))
        lower = None
        found.append(Sum(round(numeral.value), numeral.start, name.end() if name else numeral.end))
    return tuple(found)


def _lower_end(lower: _Numeral, upper: _Numeral) -> int:
    """What the lower end of a range is in yuan, 0 where it is none: 三到五万, 3000-5000元."""
    same_unit = lower.value * upper.unit if lower.unit < upper.unit else lower.value
    yuan = same_unit if lower.value < 100 else lower.value
    return round(yuan) if 100 <= yuan < upper.value else 0


def amounts(text: str) -> tuple[int, ...]:
    """Sums of money in yuan, in the order they are named, each once.

    >>> amounts("每户五百、一共八千"), amounts("补了12,000元,等了500天"), amounts("全村三千多口人")
    ((500, 8000), (12000,), ())
    """
    return tuple(dict.fromkeys(each.yuan for each in sums(text)))


def is_a_sum(text: str) -> bool:
    """Whether the text is a sum of money and nothing else.

    >>> is_a_sum("3万2"), is_a_sum("5000"), is_a_sum("2"), is_a_sum("三口人")
    (True, True, False, False)
    """
    text = text.strip()
    first = next(_numerals(text), None)
    if first is None or _SIGN.sub("", text[: first.start]):
        return False
    numeral = _widened(text, first)
    name = _NAME.match(text, numeral.end)
    digits = re.sub("[,,]", "", text)
    named = bool(name or first.start) and _is_real(numeral)
    bare = (numeral.unit >= 100 and not numeral.lone) or (
        digits.isdecimal() and 4 <= len(digits) <= 6
    )
    return (named or bare) and (name.end() if name else numeral.end) == len(text)


def _widened(text: str, numeral: _Numeral) -> _Numeral:
    """The number with what tells that it is only about so much, and without a digit that counts
    what comes next: 二十多万, 三百来; 五百 of 五百一户."""
    if numeral.tail and _begins_a_count(text, numeral):
        numeral = replace(numeral, value=numeral.short, end=numeral.tail, tail=0)
    more = _MORE.match(text, numeral.end)
    if not more or not more["about"]:
        return numeral
    unit = _UNITS.get(more["unit"] or "", 0)
    value = numeral.value * unit if unit > numeral.unit else numeral.value
    return replace(numeral, value=value, end=more.end(), unit=max(unit, numeral.unit))


def _begins_a_count(text: str, numeral: _Numeral) -> bool:
    last = text[numeral.tail : numeral.end]
    ones = last == "一" and _ONE_BEGINS.match(text, numeral.end)
    return bool(ones or _BEGINS_A_COUNT.match(text, numeral.end))


def _is_real(numeral: _Numeral) -> bool:
    return 1 <= numeral.value <= LARGEST


def _is_money(text: str, numeral: _Numeral, name: re.Match[str] | None, before: Sum | None) -> bool:
    start, end = numeral.start, numeral.end
    if not _is_real(numeral) or _is_vague(text, numeral):
        return False
    if name or (numeral.value >= 10 and _SIGN.search(text, max(0, start - 5), start)):
        return _is_named_money(text, numeral, name)
    if numeral.value < 10 or _ASIDE.search(text, max(0, start - 6), start):
        return False
    if _COUNTED.match(text, end):
        return False
    if numeral.value >= FEWEST_IN_DIGITS and (_EACH.match(text, end) or _BECOMES.match(text, end)):
        return True
    if before and numeral.unit >= 100 and text.endswith(("那", "这"), 0, start):
        return True
    if before and before.yuan >= 100 <= numeral.value and _OR.fullmatch(text, before.end, start):
        return True
    return _is_of_a_kind(text, numeral, before) or _is_paid(text, numeral)


def _is_of_a_kind(text: str, numeral: _Numeral, before: Sum | None) -> bool:
    """Whether it is what something is reckoned by, what each pays, or such a sum beside another."""
    near, ends = text[max(0, numeral.start - 5) : numeral.start], _END.match(text, numeral.end)
    if numeral.unit >= 100 and _BY.search(near) and _IS_RECKONED.match(text, numeral.end):
        return True
    if not ends:
        return False
    if before and numeral.unit >= 1000 and _LIKEWISE.search(near):
        return True
    return bool(_OF_EACH.search(near)) and _pays_before(text, numeral.start)


def _is_vague(text: str, numeral: _Numeral) -> bool:
    """几十万, 数万元, 成千上万 name no number; 万一 is none at all."""
    first, before = text[numeral.start], text[max(0, numeral.start - 1) : numeral.start]
    if first in "拾佰仟" or (first in _UNITS and before and before in "几数成"):
        return True
    if numeral.lone and before and before in "多来余个":  # the 万 of 十来万
        return True
    return bool(numeral.lone and numeral.tail)


def _is_named_money(text: str, numeral: _Numeral, name: re.Match[str] | None) -> bool:
    """Whether it is money, with its unit: 两块 may be two pieces, and 两钱 is a weight."""
    said = name.group().strip() if name else ""
    if text.endswith(("分之", "第"), 0, numeral.start) or (said == "钱" and numeral.value < 10):
        return False
    if said != "块":
        return True
    if numeral.value >= FEWEST_IN_DIGITS:
        return not _BRICKS.search(text, max(0, numeral.start - 4), numeral.start)
    return numeral.value > 1 and bool(_PAYING.search(_before(text, numeral)))


def _before(text: str, numeral: _Numeral) -> str:
    """What stands near before it in its clause, without words that only look like paying."""
    near = text[max(0, numeral.start - NEAR) : numeral.start]
    return _NO_PAYING.sub(" ", _STOPS.split(near)[-1])


def _pays_before(text: str, start: int) -> bool:
    """Whether the clause before says that something is paid."""
    clauses = _STOPS.split(text[max(0, start - 2 * NEAR) : start])
    return len(clauses) > 1 and bool(_PAYS_EACH.search(clauses[-2]))


def _is_paid(text: str, numeral: _Numeral) -> bool:
    """Whether a number without a unit of money is a sum by what stands around it."""
    ends = bool(_END.match(text, numeral.end))
    alone = numeral.lone and "把" not in text[numeral.start : numeral.end]
    if alone and not ends and numeral.value < 10**6:
        return False
    before = _before(text, numeral)
    if numeral.unit < 100:
        return _is_paid_in_digits(text, numeral, before, ends=ends)
    if _MEASURED.search(before):
        return False
    if _FOR.match(text, numeral.end) and (not numeral.lone or numeral.value >= 10**6):
        return True
    if alone:
        return ends and bool(_PAYING.search(before[-BESIDE:]))
    if _PAYING.search(before) or (ends and _is_all_of_its_clause(text, numeral, before)):
        return True
    return bool(_SAYING.search(before)) and (ends or bool(_GOES_ON.match(text, numeral.end)))


def _is_all_of_its_clause(text: str, numeral: _Numeral, before: str) -> bool:
    """收了俺家的钱,八千: of the clause before it is said what was paid, or it is large."""
    if before.replace(":", " ").split(" ")[-1].strip("一共总约才就整"):
        return False
    earlier = text[max(0, numeral.start - 2 * NEAR) : numeral.start]
    return numeral.value >= LARGE or bool(_PAYING.search(earlier))


def _is_paid_in_digits(text: str, numeral: _Numeral, before: str, *, ends: bool) -> bool:
    """The same for 3000, which may be a year, a number to call, a number of anything."""
    said = text[numeral.start : numeral.end]
    if _YEAR.fullmatch(said) and numeral.value % 1000:
        return False
    if _OF_A_CALL.fullmatch(said) and (len(said) > 3 or _CALLS.search(before)):
        return False
    if _SPELLED.match(said) or numeral.value > 10**8:
        return False
    if numeral.value < FEWEST_IN_DIGITS:
        return ends and bool(_PAYS_A_LITTLE.search(before))
    if _PAYING.search(before) or (_FOR.match(text, numeral.end) and numeral.value >= LARGE):
        return True
    return ends and numeral.value >= LARGE and bool(_SAYING.search(before))
