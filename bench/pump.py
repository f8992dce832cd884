"""One replica's delivery as a process: `python -m bench.pump DATABASE API`.

It says `ready`; at each line that it is given, it delivers until nothing is owed, and says how many notices it handled.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bot.app import steady
from bot.delivery import Delivery
from bot.slack_api import SlackApi
from bot.slack_sender import Pictures, SlackSender
from storage.database import Database, Unit
from storage.files import FileStore
from storage.outbox import OUTBOX, WAITING
from storage.tables import Platform

AGAIN = 0.005
"""Seconds until it looks again, while others still send what they claimed."""
OWED = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.state == WAITING)


async def main(database_url: str, api_url: str) -> None:
    """Deliver at each line, until the input ends."""
    told = os.dup(1)
    os.dup2(2, 1)
    database, api = Database(database_url), SlackApi("xoxb-bench", api_url)
    await api.start()
    sender = SlackSender(api, Pictures(api, FileStore(Path("no pictures")), database))
    delivery = Delivery(database, {Platform.SLACK: sender}, lambda: datetime.now(UTC))
    await delivery.drain()
    steady()
    os.write(told, b"ready\n")
    while await asyncio.to_thread(sys.stdin.readline):
        os.write(told, f"{await _all(database, delivery)}\n".encode())
    await api.stop()
    database.close()


async def _all(database: Database, delivery: Delivery) -> int:
    handled = 0

    def owed(u: Unit) -> int:
        return int(u.across(OWED).scalar_one())

    while True:
        handled += await delivery.drain()
        if not await database.run(owed):
            return handled
        await asyncio.sleep(AGAIN)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
