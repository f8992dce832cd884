"""Work on pictures, in few threads of its own: each takes much memory, and must not keep files from being read."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
AT_ONCE = 2
"""However many pictures come at the same moment; the others wait their turn."""
TABLE = ThreadPoolExecutor(AT_ONCE, "pictures")


async def drawn(work: Callable[[], Result]) -> Result:
    """What the work gives, as soon as there is a place for it."""
    return await asyncio.get_running_loop().run_in_executor(TABLE, work)
