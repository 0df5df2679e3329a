"""What WeChat's error codes mean to us: one table, and a way to go on for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from casework.ports.doors import Counters
from casework.workdays import SHANGHAI


class Way(Enum):
    """How the work goes on after an error."""

    RENEW = "fetch another token and try once more"
    RETRY = "try this one again soon"
    MINUTE = "the whole account waits for the minute to end"
    TOMORROW = "the whole account waits for the next day"
    REPAIR = "the whole account waits until the operator has repaired it"
    GONE = "this person cannot be reached any more"
    CLOSED = "not now; said when the person comes again"
    FORBIDDEN = "the account may not do this; said when the person comes again"
    REFUSED = "this message is never taken"


#: These stop more than one message: they are counted and shown by `doctor`.
NEEDS_SOMEBODY = frozenset({Way.REPAIR, Way.TOMORROW, Way.FORBIDDEN})


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a code says and what follows from it."""

    way: Way
    says: str
    remedy: str = ""


POLICIES: dict[int, Policy] = {
    -1: Policy(way=Way.RETRY, says="微信系统忙"),
    40001: Policy(
        way=Way.RENEW,
        says="调用凭据不对",
        remedy="看 AppSecret 有没有重置过,改 XIANGSHENG_WECHAT_SECRET",
    ),
    40014: Policy(way=Way.RENEW, says="调用凭据不对"),
    42001: Policy(way=Way.RENEW, says="调用凭据过期"),
    40164: Policy(
        way=Way.REPAIR,
        says="本机的出口地址不在公众号的 IP 白名单里",
        remedy="公众平台 → 设置与开发 → 基本配置 → IP 白名单,加上这个地址",
    ),
    40013: Policy(way=Way.REPAIR, says="AppID 不对", remedy="核对 XIANGSHENG_WECHAT_APP_ID"),
    40125: Policy(way=Way.REPAIR, says="AppSecret 不对", remedy="核对 XIANGSHENG_WECHAT_SECRET"),
    45009: Policy(
        way=Way.TOMORROW,
        says="今天的接口次数用完了",
        remedy="过了零点自己好;天天用完要向微信申请提高",
    ),
    45011: Policy(way=Way.MINUTE, says="这一分钟调得太多"),
    45015: Policy(way=Way.CLOSED, says="过了48小时,微信不让主动发"),
    45047: Policy(way=Way.CLOSED, says="这个人一次来访的5条已经发完"),
    48001: Policy(
        way=Way.FORBIDDEN,
        says="这个公众号没有这项接口的权限",
        remedy="公众号要认证;没有认证的,没说完的话等群众下次说话时再说",
    ),
    43101: Policy(way=Way.GONE, says="对方没有同意接收,或者同意的次数用完了"),
    43004: Policy(way=Way.GONE, says="对方没有关注"),
    40003: Policy(way=Way.GONE, says="没有这个人"),
    40007: Policy(way=Way.REFUSED, says="文件已经不在微信那里"),
    45002: Policy(way=Way.REFUSED, says="内容太长"),
}

#: A code nobody told us about stops one message, never the account.
UNKNOWN = Policy(way=Way.REFUSED, says="微信拒收")


class Trouble(Exception):
    """The platform answered with an error. Its text may quote ours, so only the code is kept."""

    def __init__(self, code: int, address: str = "") -> None:
        super().__init__(f"wechat {code}")
        self.errcode = code
        self.address = address  # of 40164: how the platform sees us

    @property
    def policy(self) -> Policy:
        return POLICIES.get(self.errcode, UNKNOWN)


class Unreached(Exception):
    """No line to the platform: certainly nothing arrived."""


class Broken(Exception):
    """The line broke, or the platform stumbled: it may have arrived."""


#: After 48001 nothing is sent for so long: the permission does not come back by asking.
FORBIDDEN_FOR = timedelta(hours=1)


async def may_write(counters: Counters, now: datetime) -> bool:
    """Whether the account may send customer messages, as far as the house remembers."""
    refused = await counters.last_run(note_name(48001))
    return refused is None or now - refused > FORBIDDEN_FOR


def until_tomorrow(now: datetime) -> float:
    """Seconds until quotas begin anew, a little past midnight in China."""
    here = now.astimezone(SHANGHAI)
    start = (here + timedelta(days=1)).replace(hour=0, minute=5, second=0, microsecond=0)
    return (start - here).total_seconds()


def note_name(code: int) -> str:
    """Under which name the house remembers when an error last stopped it."""
    return f"wechat {code}"
