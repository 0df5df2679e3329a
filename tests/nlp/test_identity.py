"""What tells who is speaking is found however it is written; what anybody could say is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.identity import identity, without

TELLING = {
    "a name and a comma of either width": ["我叫王小妮,俺村漏雨", "我叫王小妮,俺村漏雨", "俺叫李铁柱。"],
    "a name after 是": ["俺是王大栓,家里漏雨", "我就是张三丰", "本人陈四海", "举报人:李四海"],
    "a nickname": ["俺小名叫二妮", "我外号老蔫"],
    "somebody's kin": [
        "俺是李秀英的儿媳妇", "俺爹叫王老栓", "俺丈夫张大山上房摔了", "王小妮是俺闺女",
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
        "村里只有俺一户", "俺村就俺一家姓王", "全村就俺家没交", "俺庄就我一户", "就差俺家没签",
        "俺是村里唯一的外来户,全村唯一的五保",
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


@pytest.mark.parametrize(
    "text",
    [
        "俺是低保户", "我是实名举报", "支书收了三千", "我叫他还钱他不还", "俺叫支书给俺办", "俺是王庄的",
        "我是张村人", "我是农村的", "村会计王某收了钱", "俺村有14户交了", "2019年8月收了3000元",
        "俺去问过乡里", "编号71396 12293 32654 35179", "俺叫会计扣了五百", "俺是瓦工", "俺是全村最穷的",
        "每户收了12000元", "俺要举报张支书", "俺给张主任说了", "我是何时能领到钱", "俺爹八十二了", "",
    ],
)  # fmt: skip
def test_what_anybody_could_say_identifies_nobody(text: str) -> None:
    assert identity(text) == ()


@given(st.text(alphabet="我俺叫是王张0１２3-  ,,。的家村就一户", max_size=60))
def test_what_is_found_is_a_part_of_the_text_whatever_it_is(text: str) -> None:
    assert all(each and each in text for each in identity(text))
