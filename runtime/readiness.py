"""Whether the house would take a report now; for `/readyz`, in the operator's words."""

from __future__ import annotations

import asyncio

from casework.refusals import Away, Refusal
from storage.store import Store

OPEN = "能收反映。"

#: Seconds. A database that takes longer to answer is away for whoever waits at the door.
PATIENCE = 5.0


async def why_closed(store: Store) -> str:
    """The sentence; '' while intake is open."""
    try:
        async with asyncio.timeout(PATIENCE):
            await store.intake.refuse_if_closed()
    except (Away, TimeoutError):
        return "数据库连不上,或者只能读。现在收不了反映。"
    except Refusal as refusal:
        return refusal.sentence
    except OSError as fault:
        return f"数据文件夹写不进去({fault.strerror}):磁盘满了、坏了,或者没有权限。现在收不了反映。"
    return ""
