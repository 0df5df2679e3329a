"""Refusals: every one is already a sentence for whoever reads it."""

from __future__ import annotations


class Refusal(Exception):
    """Something the office will not do; the message is Chinese and may be shown as it is. A content
    folder in another language says it under `key`, or else `code`, with what is in `slots`."""

    code = "refused"

    def __init__(self, sentence: str, key: str = "", **slots: object) -> None:
        super().__init__(sentence)
        self.key, self.slots = key or self.code, slots

    @property
    def sentence(self) -> str:
        return str(self)


class NotAllowed(Refusal):
    """The ticket's table or a person's role does not allow this."""

    code = "not-allowed"


class DoneBefore(Refusal):
    """The same press came before; nothing was done a second time."""

    code = "done-before"

    def __init__(self) -> None:
        super().__init__("这一步先前已经办好了,没有再办一遍。")


class NoSuchTicket(Refusal):
    """There is no such ticket, or the reader may not know of it: the two look the same."""

    code = "no-such-ticket"

    def __init__(self) -> None:
        super().__init__("没有找到这件反映。")


class NoSuchReceipt(Refusal):
    """The code opens nothing. One sentence for every reason, so that nobody learns which."""

    code = "no-such-receipt"

    def __init__(self) -> None:
        super().__init__("没有查到这个编号。请对照抄下的20位数字再看一遍。")


class TooManyTries(Refusal):
    """More of one caller wait in the line of look-ups than one person sends."""

    code = "too-many-tries"

    def __init__(self) -> None:
        super().__init__("您这边前面查的还没查完。等几秒,再按一次。")


class TooFast(Refusal):
    """More comes from one place than people write, or more from all than the house takes in."""

    code = "too-fast"

    def __init__(self) -> None:
        super().__init__(
            "一下子来得太多了,这一次没有收下,您写的还在您手里。等一分钟再交;急事打12345,房子要塌先出来、打119。"
        )


class TooMuch(Refusal):
    """A day's weight of files is reached."""

    code = "too-much"

    def __init__(self) -> None:
        super().__init__("今天发来的照片、录音太多了,这个文件没有收下。先把话交上,明天再补照片。")


class IntakeClosed(Refusal):
    """A key that every report must be sealed to is missing."""

    code = "intake-closed"


class ReadersChanged(Refusal):
    """Between the read-back and 提交 somebody else became a reader: she is asked again."""

    code = "readers-changed"

    def __init__(self) -> None:
        super().__init__("能看到您这件事的单位刚刚变了,还没有交上去。请再看一遍是谁能看到,再交。")


class KeyUsed(Refusal):
    """The sender's key was used for another request: the first one stands, this one was not filed."""

    code = "key-used"

    def __init__(self) -> None:
        super().__init__(
            "这个 Idempotency-Key 先前交过另一份内容。先前那件还在;这一份没有登记,内容还在您手里。"
            "要另交一件,换一个新的 Idempotency-Key 再发;要补充先前那件,用它的20位编号发到 "
            "/api/v1/reports/messages。"
        )


class Away(Refusal):
    """The store cannot be reached: nothing was acknowledged, nothing is half done."""

    code = "away"

    def __init__(self) -> None:
        super().__init__("系统现在存不下您说的话,没有登记成功。请过几分钟再试,或者打12345。")


class BadInput(Refusal):
    """What came in cannot be used; the sentence says what to change."""

    code = "bad-input"


class NotSignedIn(Refusal):
    """The link, session or password does not open the door."""

    code = "not-signed-in"


class KeyChanged(Refusal):
    """None of the keys in hand opens a box: the unit's key was changed since they were taken out."""

    code = "not-allowed"

    def __init__(self) -> None:
        super().__init__(
            "这一件用手上的钥匙没打开:本单位的钥匙可能刚换过。刷新再试;还打不开,请告诉管机器的人。"
        )


class NoPost(Refusal):
    """Who is signed in has, at this moment, no post in which cases are read."""

    code = "no-post"

    def __init__(self) -> None:
        super().__init__(
            "您现在没有办件的岗位(到期了,或者收回了),这一步没有办。岗位由督办员、分管领导或者系统管理员来给。"
        )


class Locked(Refusal):
    """Signed in, but the person's own key is not open, so no case can be read."""

    code = "locked"

    def __init__(self) -> None:
        super().__init__("请先输入密码,打开您的钥匙,才能看反映内容。")
