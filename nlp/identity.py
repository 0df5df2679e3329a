"""The words of a story that would tell who is telling it, as they stand in her text.

Found on the normalised text, so that full and half width, invisible signs and capitals change nothing,
and handed back as she wrote them, so that they can be taken out. Every pattern is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.words import SURNAMES, normalise

#: A digit as it is written or said (幺, 洞, 拐, 勾 as on the telephone), and what may stand between two.
_D = "[0-9零〇一二三四五六七八九幺两洞拐勾]"
_GAP = "[-. ,、_]?"
_NOT_BEFORE = rf"(?<!{_D})(?<!{_D}[-. ,、_])"
_NOT_AFTER = rf"(?!{_GAP}{_D})"

_KIN = (
    "[大二三四五小老亲]?(?:爹|娘|爸爸?|妈妈?|父亲|母亲|老公|丈夫|男人|当家的|外头人|屋里人|老婆|媳妇|妻子|爱人|老伴|老头子?|"
    "儿媳妇?|儿子?|闺女|女儿|女婿|孙媳妇?|孙子|孙女|[堂表]?(?:哥哥?|弟弟?|姐姐?|妹妹?)|弟媳|嫂子?|叔叔?|伯伯?|婶子?|舅舅?|妗子?|"
    "姑姑?|姑父|姨|姨父|爷爷?|奶奶?|姥爷|姥姥|外公|外婆|公公|婆婆|岳父|岳母|丈人|丈母娘|亲家|侄子?|侄女|外甥女?)"
)
_ME = "(?:我|俺|咱)"
_MY_KIN = rf"{_ME}们?家?的?{_KIN}"
#: A text that begins with somebody of her family: 俺婶子也在场.
OF_MY_KIN = re.compile(_MY_KIN)
#: Surnames that are everyday words too: 俺爹花了, 俺娘高兴. Beside her kin they are no name by themselves.
_EVERYDAY = "高何于万方田白常花房马钱金任温明安石文武易成连水全计向游党包边车关终左古冷农甘谈祝解应管路江池米苗门尚柴官从经查干程都"
_SURELY = "".join(each for each in SURNAMES if each not in _EVERYDAY)
#: A letter of a name that is given; these are in nobody's.
_GIVEN = "(?:(?![的是他她不没了都也要给吗呢着])[一-鿿])"
_SURNAME = rf"(?:[{SURNAMES}]|欧阳|司马|上官|诸葛|皇甫|尉迟|东方)"
#: A name ends where its clause does, or where one goes on about its bearer.
_ENDS_A_NAME = r"(?=$|[,,。.、;!?:()\s]|的|是|今年|家住|住|男|女|和|跟|在)"
_NAME = rf"{_SURNAME}{_GIVEN}{{1,2}}{_ENDS_A_NAME}"
#: 王庄, 李村, 张书记, 张村人: a surname that begins no name of hers.
_NO_NAME = r"(?![一-鿿]{1,2}(?:庄|村|寨|店|营|楼|沟|岗|集|镇|乡|县|市|湾|坡|屯|堡|州|人|书记|主任|会计|局长|科长|所长|组长|队长|镇长|乡长))"
#: What 我是, 我叫, 俺娘是 begin with that is no name: 我叫他去, 俺是高兴, 俺娘是刁民.
_NOBODY = (
    r"(?!他|她|你|您|人家|何时|从|连|白|于|会计|支书|村|乡|镇|县|万分|高兴|常年|于是|方便|任何|石匠|陶匠|江湖|何况|成年|毛病|段时|"
    r"刁民|施工|文盲|高龄|高血|高中|武警|石工|张嘴|张口|许多|许是|杨树|胡说|胡闹|胡同|罗锅|黄疸|陈年|周岁|周围|安全|单身|孙子|孙女|孙媳|温饱|易怒|申请|谢谢|盖房|盖楼|常住|常客|关节|路过)"
)

#: Offices and trades that few in a village have.
_OFFICE = (
    "支书|书记|主任|会计|文书|村长|组长|队长|乡长|镇长|县长|局长|科长|所长|站长|校长|园长|院长|厂长|经理|老师|教师|医生|大夫|村医|"
    "护士|兽医|律师|警察|民警|辅警|法官|检察官|公务员|干部|委员|代表|电工|邮递员|网格员|护林员|保洁员|军人|军官|士官|兵|连长|排长|班长|营长|团长"
)
_OFFICE_ENDS = rf"(?:{_NO_NAME}{_SURNAME}{_GIVEN}{{1,2}})?(?=$|[,,。.、;!?:()\s])"
_WORKPLACE = "政府|派出所|法院|检察院|公安局|局|医院|卫生院|卫生室|银行|信用社|供电所|村委会?|大队|中学|小学|学校|幼儿园|部队|军队"

#: 是说, 是去: what follows is no word for her.
_NO_VERB = "(?![说看怕替问听给找劝去来被叫让跟和把想要求告])"
_PLACE_OF_WORK = "(?:(?![找的说给问去来叫让把被跟和是在时])[一-鿿]){0,6}(?:村|庄|校|小学|乡|镇|县|院|室|里)[里上]?的?"
#: 退休的老会计, 退下来的副所长: what she is no longer, or not yet.
_OF_LATE = "(?:老|前|原|副|退了?休了?的?|退下来的?){0,3}"

_VILLAGE = "[村庄乡镇组队寨]"
_OUR_VILLAGE = rf"(?:全|整个?|一个?|这个?|本|{_ME}们?这?个?){_VILLAGE}(?:里头|里|上|子)?"
#: 唯一的办法: what is the only one and tells of nobody.
_THING = (
    "(?:办法|法子|希望|出路|收入|来源|路|井|桥|塘|河|厂|窑|超市|商店|要求|想法|心愿|原因|理由|证据|机会|条件|标准|依据|渠道|方式|途径|房|学校|"
    "小学|好处|问题)"
)
_A_THING = rf"(?!{_THING}|(?:的|一[条所座口眼处间])[^,。;!?]{{0,5}}{_THING})"
_ONE_HOUSE = "(?:一?家|[一1]户|这一?[家户])"
_ONE = "(?:一|1)(?:个|位|户|家|人|份)"

#: Before a name in a letter. 被举报人 is somebody else.
_LABEL = "(?<!被)(?:举报|申请|申报|陈情|反映|投诉|检举|控告|上访|信访|联系|写信|报告|求助|留言)人|本人(?:姓名|名字)?|姓名|署名|落款|签名|具名|此致|敬礼"
_MARKS = r"[\s:,.。、;\-—_=>()【】\[\]*]{0,6}"
_NOT_TOLD = "(?!保密|匿名|不便|不详|不敢|不想|不写|不留|没有|隐|村民|群众|某|一个|一群|低保|贫困|五保|农民|我|俺|咱)"


def _patterns(nobody: str) -> tuple[re.Pattern[str], ...]:
    """`nobody` is what no name begins with."""
    return tuple(
        re.compile(pattern)
        for pattern in (
            # mobile phones, with +86 or not
            rf"{_NOT_BEFORE}(?:\+?86{_GAP})?[1一幺]{_GAP}[3-9三四五六七八九拐勾](?:{_GAP}{_D}){{9}}{_NOT_AFTER}",
            # identity cards of 18 and, older, 15 digits (GB 11643-1999)
            rf"{_NOT_BEFORE}[1-9一二三四五六七八九](?:{_GAP}{_D}){{16}}{_GAP}(?:{_D}|[xX叉]){_NOT_AFTER}",
            rf"{_NOT_BEFORE}[1-9](?:{_GAP}[0-9]){{14}}{_NOT_AFTER}",
            # bank cards
            rf"{_NOT_BEFORE}[3-9](?:[- ]?[0-9]){{15,18}}{_NOT_AFTER}",
            # landlines with their area code, and any number said to be hers
            rf"{_NOT_BEFORE}\(?0[0-9]{{2,3}}\)?[- ]?[0-9]{{7,8}}{_NOT_AFTER}",
            rf"(?:{_ME}们?家?的?)(?:电话|手机|座机|号码)号?码?(?:是|:)?\s?{_D}(?:{_GAP}{_D}){{5,11}}{_NOT_AFTER}",
            # accounts
            r"(?:微信|威信|v信|vx|wx|weixin)(?:号|id)?码?(?:是|叫|:)?\s?[a-z][-_a-z0-9]{5,19}",
            r"(?:qq|扣扣|企鹅)(?:号|是|:){0,2}\s?[0-9]{5,11}",
            r"[a-z0-9][-_.a-z0-9]{1,30}@[a-z0-9][-a-z0-9]{0,30}\.[a-z]{2,6}",
            # the same, and who she is, where it is spelled
            rf"\b(?:my|our) (?:phone|telephone|mobile|number)(?: number)? is {_D}(?:{_GAP}{_D}){{5,14}}{_NOT_AFTER}",
            r"\b(?:my|our) (?:full |first |last )?name(?: is|'s) [a-z][-a-z]{1,20}(?: [a-z][-a-z]{1,20})?",
            r"\bmy (?:husband|wife|son|daughter|mother|father|brother|sister|uncle|aunt)(?:'s name is| is called| is named) [a-z][-a-z]{1,20}(?: [a-z][-a-z]{1,20})?",
            r"\b(?:we are|i am|ours is) the only (?:house|household|family|one|person)[^,.;!?]{0,20}",
            # her name
            rf"(?:{_ME}(?:的?(?:大名|名字|姓名))?(?:就|名)?叫|{_ME}的?(?:大名|名字|姓名)是){nobody}{_NO_NAME}{_NAME}",
            rf"{_ME}(?:就|也)?是{nobody}{_NO_NAME}{_NAME}(?:的{_KIN})?",
            # a nickname: nobody needs a surname after 小名叫
            rf"{_ME}(?:的)?(?:小名|外号)(?:叫|是)?[一-鿿]{{1,4}}{_ENDS_A_NAME}",
            # a label before a name: with a colon any name, else one that begins with a surname
            rf"(?:{_LABEL}){_MARKS}(?:姓名|名字|名叫|叫|是|为)?{_MARKS}{nobody}{_NO_NAME}{_SURNAME} ?{_GIVEN}(?: ?{_GIVEN})?{_ENDS_A_NAME}",
            rf"(?:{_LABEL})\s?:\s?{_NOT_TOLD}{_NO_NAME}{_GIVEN}{{2,3}}(?<![户人民姓岁])(?=$|[,,。.;!?\s])",
            # the same behind where she lives: 本人系某县某镇村民李大柱, 申请人:某村李大柱
            rf"(?:本人|{_ME})(?:系|是){_NO_VERB}[^,。;!?\n]{{0,16}}(?:村民|居民|户主|农户|农民|群众|职工|学生|社员){nobody}{_NO_NAME}{_NAME}",
            rf"(?:{_LABEL}){_MARKS}[^,。;!?:()\n]{{2,16}}[村庄组队乡镇县市区屯寨] ?{nobody}{_NO_NAME}{_NAME}",
            # hers as it is written wrongly: 名字写成了“李得柱”
            rf"(?:名字|姓名|户主|名)[^,。;!?\n]{{0,6}}(?:写|登记?|录入?|打|印|弄|填)错?[成为]了?[\"'“‘「]?{nobody}{_NO_NAME}{_SURNAME}{_GIVEN}{{1,2}}(?=了?(?:$|[,,。.、;!?:()\s\"'”’」]))",
            # who writes with her, and who is next to her
            rf"(?:领头|带头|牵头|写信|执笔)的?(?:人|的)?(?:叫|名叫|是|:){nobody}{_NO_NAME}{_NAME}",
            rf"(?<![他她你的])(?:丈夫|老公|妻子|老婆|爱人|老伴|父亲|母亲)(?:叫|名叫)?{_NO_NAME}{nobody}[{_SURELY}]{_GIVEN}{{2}}{_ENDS_A_NAME}",
            # she as somebody's house: 张村东头李大柱家的, 大柱的媳妇, 二妮她娘
            rf"{_ME}(?:就|也)?是{_NO_VERB}[^,。;!?\n]{{0,8}}{_NO_NAME}{_SURNAME}{_GIVEN}{{0,2}}(?:家|屋里|家里)(?:的|人)",
            rf"{_ME}(?:就|也)?是{_NO_VERB}[^,。;!?\n]{{0,8}}{_NO_NAME}{nobody}[{_SURELY}]{_GIVEN}{{1,2}}(?:家|屋里|家里)?的?{_KIN}(?=$|[,,。.、;!?:()\s])",
            rf"{_ME}(?:就|也)?是{_NO_VERB}[一-鿿]{{1,3}}[他她]{_KIN}(?=$|[,,。.、;!?:()\s])",
            rf"{_ME}(?:就|也)?是{_NO_VERB}[一-鿿]{{2,3}}(?<![户民人姓村乡庄镇县地])(?:家|屋里)的(?=$|[,,。.、;!?:()\s])",
            # her kin by name
            rf"{_MY_KIN}(?:的?名字)?(?:叫|名叫|是){_NO_NAME}{nobody}{_SURNAME}{_GIVEN}{{1,2}}",
            rf"{_MY_KIN},?{_NO_NAME}{nobody}[{_SURELY}]{_GIVEN}{{1,2}}",
            rf"{_SURNAME}{_GIVEN}{{1,2}}是{_ME}们?家?的?{_KIN}",
            # her kin, or herself, in an office that few have
            rf"(?:{_MY_KIN}|{_ME})(?:以前|原来|原先|现在|早先|过去)?(?:就|也)?(?:是|当|干|做)过?(?:了?[0-9一二三四五六七八九十几]{{1,3}}年)?{_NO_VERB}个?(?:{_PLACE_OF_WORK})?{_OF_LATE}(?:{_PLACE_OF_WORK})?{_OF_LATE}(?:{_OFFICE})(?:了?[0-9一二三四五六七八九十几]{{1,3}}年)?{_OFFICE_ENDS}",
            rf"{_MY_KIN}[一-鿿]{{0,3}}在[^,。;!?]{{0,8}}(?:{_WORKPLACE})[^,。;!?]{{0,3}}(?:上班|工作|教书|教学|开车|服役|当(?![时天年场]))[^,。;!?]{{0,4}}",
            # that there is only one such household, or person
            rf"(?:{_ME}们?[村庄组队]?(?:里|上)?)?(?:就|只有|只|唯独|单单|光)(?:有|是|剩|差|住)?(?:着|了)?{_ME}们?{_ONE_HOUSE}(?:姓[{SURNAMES}]|没交|没给|没签|是低保|是外来|不同意)?",
            rf"{_ME}们?[村庄组队]?(?:里|上)?(?:就|只有|只)(?:有)?{_ME}?[一1两2][户家]",
            rf"(?<!是){_OUR_VILLAGE}[^,。;!?]{{0,6}}(?:唯一|惟一|独一|仅有){_A_THING}的?[^,。;!?]{{0,8}}",
            rf"{_VILLAGE}[里上](?:唯一|惟一)[^,。;!?]{{0,8}}是(?:{_MY_KIN}|{_ME})家?",
            rf"{_OUR_VILLAGE}(?:就|只有|只剩|只)[一1][户家个][^。;!?\n]{{0,10}}是(?:{_MY_KIN}|{_ME})家?",
            rf"(?:{_MY_KIN}|{_ME}家?)(?:就|也)?是[^,。;!?]{{0,8}}(?:唯一|惟一|独一){_A_THING}的?[^,。;!?]{{0,8}}",
            rf"(?:{_MY_KIN}|{_ME}家?)(?:就|也)?是[^,。;!?]{{0,6}}(?:头一|第一)[个户家](?!月|星期|礼拜|年|来)[^,。;!?]{{0,6}}",
            rf"(?:{_ME}家?|{_OUR_VILLAGE})(?:就|也)?(?:是|算)?[^,。;!?]{{0,6}}(?:独一份|独一户|独一家|独门独户|独姓)",
            rf"{_OUR_VILLAGE}[^,。;!?]{{0,3}}(?:就|只|光|单)(?:有|是|剩|差)?(?:{_MY_KIN}|{_ME}家?)(?:自己)?{_ONE}[^,。;!?]{{0,6}}",
            rf"(?:就|只有|只|唯独|单单|光)(?:有|是|剩|差)?(?:{_ME}|{_ME}自己){_ONE}(?:还?没|不同意|不愿|姓)[^,。;!?]{{0,4}}",
            rf"{_MY_KIN}(?:(?!支书|会计|主任|书记|[队组村]长|老板|[他她])[^。;!?\n]){{0,16}}(?:全|整个?|一个?|{_ME}们?){_VILLAGE}里?(?:就|只)(?:有)?[他她]{_ONE}",
            rf"除了?{_ME}们?(?:家|自家|自己|一家|一户|一个)?(?:以外|之外|外)?[,]?(?:别的|剩下的|全村|村里|庄上|再|其他|谁家?|哪家?|就)?(?:没人|没有人|没别人|没旁人|没有第二|没第二|没有别人|都没|也没|都交|都签|都领|都有|都盖)",
            # where her house stands
            rf"{_ME}们?家?(?:住|就?在)[^,。;!?]{{0,10}}(?:隔壁|对门|斜对门|门牌|[0-9一二三四五六七八九十]{{1,4}}号|第[0-9一二三四五六七八九十]{{1,3}}家|头一家)",
            rf"{_ME}们?家?门牌[^,。;!?]{{0,3}}[0-9一二三四五六七八九十]{{1,4}}号?",
            # what she did before, which the office would remember
            rf"{_ME}们?(?:上个?月|去年|前年|今年|以前|前几天|上回|上次|前段时间)?[^,。;!?]{{0,6}}(?:去|到|上|给|打|找|往)[^,。;!?]{{0,8}}(?:告过|上访过?|投诉过|反映过|举报过|写过信|写过材料|闹过)",
            rf"{_ME}们?[^,。;!?]{{0,4}}(?:打过|拨过)[^,。;!?]{{0,4}}12345",
        )
    )


class Identity:
    """Finds the words that tell who is telling it. Made once, with the names of places that begin with
    a surname: 俺是江村的 tells of a place and of nobody."""

    def __init__(self, places: Sequence[str]) -> None:
        names = "|".join(map(re.escape, places))
        self._patterns = _patterns(f"(?!{names}){_NOBODY}" if names else _NOBODY)

    def words_in(self, text: str) -> tuple[str, ...]:
        """The words that would tell who is speaking, in the order they stand in `text`; each is a part of
        it, and none lies inside another."""
        clear, origin = _with_origins(text)
        spans = sorted(
            (match.span() for pattern in self._patterns for match in pattern.finditer(clear)),
            key=lambda span: (span[0], -span[1]),
        )
        found, end = [], 0
        for first, last in spans:
            if first >= end:
                found.append(text[origin[first] : origin[last - 1] + 1])
            elif last > end:  # it begins inside the one before: they are taken out together
                found[-1] += text[origin[end - 1] + 1 : origin[last - 1] + 1]
            end = max(end, last)
        return tuple(dict.fromkeys(found))


def without(text: str, words: Sequence[str]) -> str:
    """The text with each of the words taken out, the longest first."""
    for each in sorted(words, key=len, reverse=True):
        text = text.replace(each, "……")
    return text


def _with_origins(text: str) -> tuple[str, Sequence[int]]:
    """The normalised text, and for each of its letters where it stood in the original."""
    made = [_NORMAL[char] for char in text]
    clear = "".join(made)
    if len(clear) == len(text) and all(made):  # letter by letter, as nearly always
        return clear, range(len(text))
    return clear, [at for at, each in enumerate(made) for _ in each]


class _Normal(dict[str, str]):
    """What becomes of a letter, remembered for the letters that come again."""

    def __missing__(self, char: str) -> str:
        made = "\n" if char in "\r\n\u2028" else normalise(char)  # a line's end ends a name too
        if len(self) < MOST_LETTERS:
            self[char] = made
        return made


#: More than anybody writes with; a text of all Unicode must not fill the memory.
MOST_LETTERS = 8192
_NORMAL = _Normal()
