"""What tells who is speaking is found however it is written; what anybody could say is left alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.identity import Identity, without
from tests.offices import ROOT, UNDERSTANDING

identity = UNDERSTANDING.lexicon.identity.words_in


def _lines(name: str) -> list[str]:
    return (ROOT / "tests" / "fixtures" / name).read_text(encoding="utf-8").splitlines()


TELLING = {
    "a name and a comma of either width": ["我叫王小妮,俺村漏雨", "我叫王小妮,俺村漏雨", "俺叫李铁柱。"],
    "a name after 是": ["俺是王大栓,家里漏雨", "我就是张三丰", "本人陈四海", "举报人:李四海"],
    "a nickname": ["俺小名叫二妮", "我外号老蔫"],
    "a label before a name": [
        "本人:陈秋菊。", "举报人　刘二妮　", "举报人刘二妮", "反映人 刘二妮", "投诉人:刘二妮", "姓名-陈秋菊", "姓名:时大年", "署名,陈秋菊",
        "落款——李 梅", "签名=陈秋菊", "(联系人:刘二妮)", "【姓名】陈秋菊", "本人叫陈秋菊", "本人姓名是陈秋菊", "此致敬礼 刘二妮", "敬礼\n刘二妮",
        "举报人:全有才。", "信访人:欧阳秋菊", "反映人_刘二妮", "姓名:陈家明",
    ],
    "a name behind where she lives": [
        "本人系某某县柳河乡村民李大柱(低保户)", "我是柳庄村村民陈秋菊", "申请人:柳河乡后楼村李大柱,2023年", "反映人:后楼村 陈秋菊",
    ],
    "who writes with her": ["领头的叫李大山,都听他说", "执笔人:李大山,写得不好", "妻子李秋菊,腿不中", "老伴叫李秋菊"],
    "the only one on a slope": ["河东边就住俺一家", "沟里只住着我一户"],
    "somebody's kin": [
        "俺是李秀英的儿媳妇", "俺爹叫王老栓", "俺丈夫张大山上房摔了", "王小妮是俺闺女", "俺二叔叫王大发", "俺妗子是陈秋菊", "俺表哥李铁柱知道",
        "俺老伴,王桂花,腿不中", "俺爹叫何万方",
    ],
    "somebody's house": [
        "俺是张村东头李大柱家的", "我是李大柱的闺女", "俺是老王家的儿媳妇", "俺是村东头李家的", "俺是李大柱屋里的", "俺是李大柱老伴", "俺是大柱家的",
        "俺是二妮她娘", "我是铁蛋他爹", "我就是村西头陈老四的儿媳妇", "俺是陈秋菊的妯娌", "俺是高家的人",
    ],
    "kin in an office": [
        "俺爹是老支书李国强", "俺爹是老支书", "俺叔是支书", "俺爹当过队长", "俺公公以前是村会计", "俺儿子在部队当连长", "俺闺女在县医院上班",
        "俺男人在镇派出所工作", "俺老伴是村医王桂花", "俺二叔干了十年会计", "俺嫂子在村小学教书", "俺儿在部队当兵",
    ],
    "an office of her own": ["我是村小学老师", "俺是村会计", "我当过兵", "俺是退休的校长"],
    "an office she had, somewhere": [
        "我是乡上退休的老教师,七十一了", "俺是乡里退下来的老所长", "我是村上的老文书", "俺爹是镇里退了休的老医生", "我就是县里退休的副科长",
    ],
    "her name as it was written wrongly": [
        "户主名字写成了“李得柱”", "名字登记成李得柱了", "姓名打错成'陈秋局',银行不认", "表上名字录成了王小尼。",
    ],
    "a phone": [
        "13800001234", "138 0000 1234", "138-0000-1234", "13800001234", "+86 13800001234",
        "一三八零零零零一二三四", "幺三八洞洞洞洞幺二三四", "138、0000、1234",
    ],
    "a landline": ["0375-5550123", "(0375)5550123", "03755550123", "俺家电话5550123"],
    "an identity card": [
        "41012319500101123X", "4101 2319 5001 0112 3x", "410123195001011234", "410123500101123",
        "四一零一二三一九五零零一零一一二三四",
    ],
    "a bank card": ["6222 0000 1111 2222 333", "6222000011112222"],
    "an account": ["微信号是abc_12345", "加我vx:abc12345", "QQ号12345678", "abc@example.com"],
    "the only household": [
        "村里只有俺一户", "俺村就俺一家姓王", "全村就俺家没交", "俺庄就我一户", "就差俺家没签", "俺家是独一份", "全村独一份",
        "俺是村里唯一的外来户,全村唯一的五保", "俺家是村里唯一的五保户", "俺家是全村头一个拆的", "俺是头一户报名的", "全庄独门独户", "俺家是全村唯一没盖房的",
        "除了俺家,别的都领了", "除了俺一家没人姓陈", "除俺以外全村都交了", "全村只有一户没批,就是俺家", "俺村就一户,没批", "全村只有一户没领,是俺叔家",
    ],
    "the only person": [
        "我是俺村小学唯一的老师", "俺儿子是全村唯一的大学生", "俺是村里唯一一个女党员", "全村唯一开拖拉机的就是俺", "村里唯一没签字的是俺",
        "俺儿子在部队,全村就他一个", "俺闺女瘫了,全村就她一个人", "俺村就俺一个残疾", "一个村就俺娘一个瘫子", "就俺一个没签字", "除了俺没人敢告",
    ],
    "where she lives": ["俺家住支书隔壁", "俺家在村东头第三家", "俺家门牌12号", "我住在3号院旁边5号"],
    "what the office remembers": ["我去年到乡里告过他", "俺打过12345", "俺上个月去县里反映过"],
}  # fmt: skip


@pytest.mark.parametrize("kind", TELLING)
def test_what_tells_who_is_speaking_is_found_and_can_be_taken_out(kind: str) -> None:
    for told in TELLING[kind]:
        for text in (told, f"支书扣了俺三千,{told},求您管管", f"{told}\n还有别的事"):
            found = identity(text)

            assert found, text
            assert all(each in text for each in found)
            assert identity(without(text, found)) == (), text


#: Divided by strokes and lines.
ANYBODYS = """
俺是低保户|我是实名举报|支书收了三千|我叫他还钱他不还|俺叫支书给俺办|俺是王庄的|我是张村人|我是农村的|村会计王某收了钱|俺村有14户交了
2019年8月收了3000元|俺去问过乡里|编号71396　12293　32654　35179|俺叫会计扣了五百|俺是瓦工|俺是全村最穷的|每户收了12000元
俺要举报张支书|俺给张主任说了|我是何时能领到钱|俺爹八十二了
俺唯一的办法就是告|唯一的希望就是恁了|家里唯一的劳力|俺家唯一的房子|这是俺唯一的证据|俺村唯一的水泥路|全村唯一一所小学|全村唯一出路|村里唯一的小学要拆|他家是唯一没公示的
支书是全村唯一有小车的|俺家就一个字,穷|村里就一个会计|全村就支书一个人说了算|村里就他一个说了算|家里就俺一个人|就俺一个人在家|俺庄就一条路
俺就一个儿子|就这一个办法|全村就他一家能盖|俺爹的地叫支书占了,全村就他一个人敢这样|俺头一个找的是支书|俺头一个月就交了|俺头一回反映
支书家是全村头一个盖楼的|第一个领钱的是会计他哥|除了俺爹俺娘没人管俺|除了交钱没人管|除了支书没人敢定|俺除了种地啥也不会
俺爹花了三千|俺娘房子塌了|俺爹白干了一年|俺娘高兴得不行|俺爹马上来|俺娘钱没领着|俺爹张嘴就骂|俺娘是刁民|俺娘是鲁山人|俺儿郑州打工
俺儿许昌打工|俺娘许是病了|俺爷杨树栽了一院|俺是施工的小工头|俺是鲁山的|俺是盖房的|俺娘在医院做手术|俺儿在学校上学|俺爹是瓦工|俺爹是五保户
俺爹叫支书扣了三千|俺娘是支书骂哭的|俺是去找村里书记,他不理|俺当时找的村支书,他不管|我是说支书,不是会计|我是看不惯支书的儿子|我是来告支书的
我是听会计说的|俺是叫支书骗了|俺是代表大家反映的|俺干了三年活,会计不给钱|俺是贫困户家的|俺是农民家的孩子|俺是穷人家的|俺是他叔伯嫂子都不给办
支书李大柱家的楼|俺村支书李国强收钱|会计是李大柱的小舅子|村主任王大发他闺女领了钱|支书的儿子在部队当连长|他爹是老支书|会计他媳妇是村医
被举报人:张大山|被反映人　李国强|户主李某某不够条件|姓名:保密|举报人:匿名|反映人:某村村民|本人:低保户,六十岁|本人高血压,干不动活
本人高中,在家务农|本人申请还是村里报|本人常年在外|本人不会写字|签名管不到|名字叫会计改了|签字都是代签的|举报人安全,谁管|姓名写错了咋改
俺是替李大柱家的人问的|俺是问二妮她娘|本人:特困户,六十岁|本人:残疾人|俺家是头一个月交的|俺爹在医院当天就没了
支书的老婆李秀英领了钱|他妻子王小妮是低保|父亲高兴得不行|申请人:低保户|申请人要本人签字|领头的是支书|我是来问村民王小妮的事|就住两间房
俺孩子在外上学|王会计是俺村的|俺是一个人|俺一家五口
"""


def test_what_anybody_could_say_identifies_nobody() -> None:
    texts = ANYBODYS.replace("\n", "|").split("|")
    found = {text: identity(text) for text in texts}

    assert len(texts) > 100
    assert {text: each for text, each in found.items() if each} == {}


STORIES = [
    *(json.loads(line)["story"] for line in _lines("whom-stories.jsonl")),
    *_lines("reports.txt"),
    *(line.split("\t")[1] for line in _lines("utterances.tsv")),
]


def test_no_story_written_by_somebody_else_has_a_false_alarm() -> None:
    """None of them tells a name, an office, or that there is only one such house."""
    assert len(STORIES) == 135
    assert {story: found for story in STORIES if (found := identity(story))} == {}


@given(st.text(alphabet="我俺叫是王张0１２3-  ,,。的家村就一户", max_size=60))
def test_what_is_found_is_a_part_of_the_text_whatever_it_is(text: str) -> None:
    assert all(each and each in text for each in identity(text))


def test_a_place_whose_name_begins_with_a_surname_is_known_from_the_programme() -> None:
    words = "俺娘是鲁山"

    assert Identity(()).words_in(words) == (words,)
    assert Identity(("鲁山",)).words_in(words) == ()
