"""From the command to /readyz, and the memory then; beside a process that only imports the same libraries."""

import asyncio
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.error import URLError
from urllib.request import urlopen

from bench.figures import Beside
from bench.ground import database_url, ground
from bench.process import environment
from storage.tables import Platform

LIBRARIES = (
    "typer", "structlog", "pydantic_settings", "aiohttp.web", "apscheduler.schedulers.asyncio",
    "apscheduler.triggers.interval", "sqlmodel",
    "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql",
    "slack_bolt.async_app", "slack_bolt.adapter.aiohttp", "slack_bolt.adapter.socket_mode.aiohttp",
    "botbuilder.core", "botbuilder.schema", "jwt.algorithms", "cryptography.fernet", "PIL.ImageOps",
)
"""What `canipost serve` with both doors imports; psycopg comes with PostgreSQL only."""
ALONE = "import sys, {}; print(flush=True); sys.stdin.read()"
PATIENCE = 30
SETTINGS = {
    "CANIPOST_SLACK_BOT_TOKEN": "xoxb-7316408225-9051442617", "CANIPOST_SLACK_SIGNING_SECRET": "3f1b0c97a5d24e68" * 2,
    "CANIPOST_TEAMS_APP_ID": "4b8a2c39-6a6e-47d4-8a92-bc3c2e61f7aa",
    "CANIPOST_TEAMS_APP_PASSWORD": "Qm7~kd93.hTz-41pLw8_vR",
    "CANIPOST_TEAMS_TENANT_ID": "0f3c2d3e-5b7c-4c6f-9a51-0e6b2a1d8c11",
}


async def measure(engine: str, rounds: int, _scale: float) -> None:
    """Both, in turn. The first of each compiles what is not compiled yet, and does not count."""
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    with database_url(engine) as url:
        with ground(url, Platform.SLACK, "T0BENCH001"):
            pass
        for _ in range(rounds + 1):
            ours.append(await asyncio.to_thread(_served, url))
            bare.append(await asyncio.to_thread(_imported, engine))
    for i, (what, unit) in enumerate((("start-up", "seconds"), ("memory", "MB"))):
        Beside([each[i] for each in ours[1:]], [each[i] for each in bare[1:]]).tell(f"{what}, {engine}", unit)


def _served(url: str) -> tuple[float, float]:
    """Seconds from the command to readiness, and MB then."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    own = {"CANIPOST_DATABASE_URL": url, "CANIPOST_PORT": port, "CANIPOST_SLACK_API_URL": "http://127.0.0.1:9/api/"}
    began = time.perf_counter()
    with _running("-m", "bot", "serve", **SETTINGS, **own) as process:
        while not _ready(port):
            assert process.poll() is None, "it did not start"
            assert time.perf_counter() - began < PATIENCE, "it is never ready"
            time.sleep(0.002)
        return time.perf_counter() - began, _memory(process.pid)


def _imported(engine: str) -> tuple[float, float]:
    """Seconds until everything is imported, and MB then."""
    libraries = (*LIBRARIES, *(("psycopg",) if engine == "postgresql" else ()))
    began = time.perf_counter()
    with _running("-c", ALONE.format(", ".join(libraries))) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return time.perf_counter() - began, _memory(process.pid)


@contextmanager
def _running(*arguments: str, **settings: str) -> Iterator[Popen[bytes]]:
    with Popen([sys.executable, *arguments], env=environment(**settings), stdin=PIPE, stdout=PIPE) as process:
        try:
            yield process
        finally:
            process.terminate()


def _ready(port: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


def _memory(pid: int) -> float:
    """Resident megabytes."""
    status = Path(f"/proc/{pid}/status").read_text("ascii").split("VmRSS:")[1]
    return int(status.split()[0]) / 1024
