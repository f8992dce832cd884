"""Servers as processes of their own, so that the load does not share their interpreter."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

START = 30
"""Seconds that a server may take to start."""


def environment(**more: str) -> dict[str, str]:
    """The environment, with compiled bytecode, and without any setting of the bot's but these."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("CANIPOST_") and k != "PYTHONDONTWRITEBYTECODE"}
    return {**own, **more}


@asynccontextmanager
async def server(name: str, **config: str) -> AsyncIterator[int]:
    """One of `bench.servers`, as long as it is needed: its port. It ends when its input does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.servers", name, json.dumps(config), env=environment(),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START):
            port = await process.stdout.readline()
        yield int(port)
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(START):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
