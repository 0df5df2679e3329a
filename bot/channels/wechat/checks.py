"""What `doctor` looks at where an official account is set up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

from bot.channels.wechat import OPEN, STALE
from bot.channels.wechat.account import WechatSettings, gate_of
from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.crypt import BadKey
from bot.channels.wechat.errors import POLICIES, Broken, Trouble, Unreached, note_name
from bot.channels.wechat.router import PLAIN, SAFE, BadSettings
from casework.checks import Check
from casework.ports import Office
from casework.workdays import dated

#: Trouble older than this is over.
RECENT = timedelta(days=1)


async def checks(
    settings: WechatSettings, api: WechatApi | None, office: Office
) -> AsyncIterator[Check]:
    """`api` is None where the account may not call, or is not open at all."""
    yield _settings(settings)
    yield _letters(settings)
    async for check in _refused_letters(office):
        yield check
    yield _address(settings)
    if api:
        yield await _interface(api)
        async for check in _lately(office):
            yield check


def _settings(settings: WechatSettings) -> Check:
    missing = [
        f"XIANGSHENG_WECHAT_{name.upper()}"
        for name in ("token", "app_id", "secret")
        if not getattr(settings, f"wechat_{name}")
    ]
    if not settings.wechat_token:
        return Check("公众号设置", "red", f"没有 {'、'.join(missing)},公众号没有接上", "补上")
    if missing:
        return Check(
            "公众号设置", "yellow", f"没有 {'、'.join(missing)}:能答话,不能主动发,收不了照片", "补上"
        )  # fmt: skip
    return Check("公众号设置", "green", "齐了")


def _letters(settings: WechatSettings) -> Check:
    """Whether what the platform sends can be opened, and how well it is protected."""
    try:
        gate = gate_of(settings, settings.wechat_token)
    except (BadKey, BadSettings) as fault:
        return Check(
            "公众号消息加密", "red", f"{fault},公众号没有接上",
            "公众平台 → 设置与开发 → 基本配置,照抄43位 EncodingAESKey",
        )  # fmt: skip
    if gate.mode == PLAIN:
        return Check(
            "公众号消息加密", "yellow", "明文模式:签名管不到消息内容",
            "公众平台改成安全模式,设 XIANGSHENG_WECHAT_AES_KEY",
        )  # fmt: skip
    if gate.mode != SAFE:
        return Check(
            "公众号消息加密", "yellow", "兼容模式:没有加密的消息也收,签名管不到它的内容",
            "公众平台改成安全模式,再去掉 XIANGSHENG_WECHAT_MODE 或者设成 safe",
        )  # fmt: skip
    return Check("公众号消息加密", "green", "安全模式")


async def _refused_letters(office: Office) -> AsyncIterator[Check]:
    """Letters of the last day that were signed and not taken: people may be waiting in vain."""
    now = office.clock.now()
    async with office.reading() as reading:
        stale, unsealed = [await reading.counters.last_run(note) for note in (STALE, OPEN)]
    if stale and abs(now - stale) < RECENT:
        yield Check(
            "公众号来信", "red",
            f"有签名对、时间和本机差了十分钟以上的消息,没有收(上次 {dated(stale)})",
            "校准机器的时间(chrony 或 ntpdate);时间没错,就是有人把旧消息又发了一遍",
        )  # fmt: skip
    if unsealed and abs(now - unsealed) < RECENT:
        yield Check(
            "公众号来信", "red", f"有没加密的消息,没有收(上次 {dated(unsealed)})",
            "公众平台 → 设置与开发 → 基本配置,加解密方式选安全模式;一时改不了,设 XIANGSHENG_WECHAT_MODE=compatible",
        )  # fmt: skip


def _address(settings: WechatSettings) -> Check:
    address = f"{settings.base_url}/wechat"
    if settings.public_url.startswith("https://"):
        return Check("公众号服务器地址", "green", address)
    return Check(
        "公众号服务器地址", "yellow", "XIANGSHENG_PUBLIC_URL 不是 https 网址,微信可能访问不到",
        "设成群众看到的网址,公众平台里的服务器地址(URL)填它加 /wechat",
    )  # fmt: skip


async def _interface(api: WechatApi) -> Check:
    """One harmless call: line, IP white list, AppID, secret and token in one."""
    host = urlsplit(api.url).netloc
    try:
        await api.reach()
    except Trouble as trouble:
        policy, seen = trouble.policy, f":{trouble.address}" if trouble.address else ""
        return Check(
            "公众号接口", "red", f"{policy.says}{seen}(错误 {trouble.errcode})",
            policy.remedy or "看公众平台的错误码说明",
        )  # fmt: skip
    except Unreached:
        return Check(
            "公众号接口", "red", f"连不上 {host}",
            "看网络、防火墙的出口放没放行,XIANGSHENG_WECHAT_API_URL 写对没有",
        )  # fmt: skip
    except Broken:
        return Check("公众号接口", "yellow", f"{host} 没有好好回答", "过几分钟再试")
    return Check("公众号接口", "green", f"{host} 通,凭据有效")


async def _lately(office: Office) -> AsyncIterator[Check]:
    """Refusals of the last day that somebody has to do something about."""
    now = office.clock.now()
    for code, policy in POLICIES.items():
        async with office.reading() as reading:
            last = await reading.counters.last_run(note_name(code))
        if last and now - last < RECENT:
            yield Check(
                "公众号被拒", "yellow", f"{policy.says}(错误 {code},上次 {dated(last)})",
                policy.remedy or "过一会儿自己好;一直有就看公众平台的错误码说明",
            )  # fmt: skip
