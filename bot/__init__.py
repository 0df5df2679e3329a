"""Conversations for any channel."""
