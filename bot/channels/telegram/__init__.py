"""Telegram, loaded only where a token is set."""

#: The channel's name on talks, tickets and parcels.
CHANNEL = "telegram"

#: Under which names the house remembers when updates were last fetched, and since when in vain.
FETCHED, AWAY = "telegram fetched", "telegram away"
