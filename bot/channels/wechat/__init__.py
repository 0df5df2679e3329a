"""The WeChat official account (公众号): its signatures, XML, five seconds, windows and errors."""

#: The channel's name on talks, tickets and parcels.
CHANNEL = "wechat"

#: Under which names the house remembers letters that it refused though they were signed: not of now, or
#: not sealed.
STALE, OPEN = "wechat stale", "wechat open"
