"""Telegram through aiogram, loaded only where a token is set."""
