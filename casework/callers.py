"""Callers told apart without being kept: a name that means nothing outside this process and its life.

What is counted a caller (who waits in a line, who floods) needs to know that two requests come from
one place, and never from which.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from hashlib import sha256

#: Drawn at start, in memory alone: nobody who reads the memory of another day can undo a name.
_KEY = secrets.token_bytes(32)

#: A home or a phone has a /64 of IPv6 to itself (RFC 6177) and may change within it at will.
PREFIX = 64

#: Whoever comes from there came through a proxy of ours that does not say from where, or sits beside
#: the machine: loopback, private use (RFC 1918, RFC 4193), link-local (RFC 3927, RFC 4291).
NEIGHBOURS = tuple(
    ipaddress.ip_network(each)
    for each in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


def at_address(address: str) -> str:
    """The caller at an internet address, an IPv6 one by its /64. Where the address does not tell
    people apart (`NEIGHBOURS`, or none) each request is a caller of its own: nobody is to be
    refused for what all the others do.

    >>> at_address("2001:db8::1") == at_address("2001:db8::ffff")
    True
    >>> at_address("127.0.0.1") == at_address("127.0.0.1")
    False
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return secrets.token_hex(16)
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped:
        read = read.ipv4_mapped
    if any(read in each for each in NEIGHBOURS if each.version == read.version):
        return secrets.token_hex(16)
    home = ipaddress.ip_network((read, PREFIX), strict=False) if read.version == 6 else read
    return _named(str(home))


def on_channel(channel: str, caller: str) -> str:
    """The caller a chat platform names."""
    return _named(f"{channel}\0{caller}")


def _named(what: str) -> str:
    return hmac.new(_KEY, what.encode(), sha256).hexdigest()[:32]
