"""The WeChat official account (公众号): its signatures, XML, five seconds, windows and errors."""

#: The channel's name on talks, tickets and parcels.
CHANNEL = "wechat"
