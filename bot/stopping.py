"""Told to stop: what has begun is finished, and being told again meanwhile changes nothing."""

import asyncio
import contextlib
import signal

from aiohttp import web


def heed(app: web.Application) -> None:
    """Stop `app` at the first SIGTERM or Ctrl+C. For `run_app` with `handle_signals=False`.

    aiohttp's own handlers raise at each signal; at the second that was seen to break the orderly end off.
    """
    app.on_startup.append(_listen)


async def _listen(_app: web.Application) -> None:
    told = False

    def stop() -> None:
        nonlocal told
        if not told:
            told = True
            raise web.GracefulExit

    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C ends it as any Python program
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stop)
