"""The bot's processes, and how requests reach them: as through a load balancer that knows no state."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.process import environment

START = 60.0
"""Seconds that a process may take to start; the machine may be busy."""
END = 60.0
WAITS = aiohttp.ClientTimeout(total=10)


class Unanswered(Exception):
    """No answer, or one that says that nothing was done: whoever asked asks again."""


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Replica:
    """One `canipost serve`, started as often as it takes."""

    settings: Mapping[str, str]
    launched: Sequence[str]
    """What `launch` is told."""
    log: Path
    limit: Callable[[], None] | None = None
    """What the process does to itself before it begins, such as to limit how large its files may become."""
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    ended: list[int] = field(default_factory=list)
    """How each process ended."""

    @property
    def up(self) -> bool:
        """Whether there is a process."""
        return self.process is not None and self.process.returncode is None

    async def start(self, ready: bool = True) -> float:
        """Begin; seconds until it listens."""
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bench.crash.launch", *self.launched, stdout=log, stderr=log,
                env=environment(**self.settings, CANIPOST_PORT=str(self.port)), preexec_fn=self.limit,
            )
        while ready and not await self._listens():
            if self.process.returncode is not None:
                raise RuntimeError(f"it did not start: {self.log.read_text()[-2000:]}")
            if time.perf_counter() - began > START:
                raise RuntimeError("it never listened")
            await asyncio.sleep(0.02)
        return time.perf_counter() - began

    async def kill(self) -> None:
        """SIGKILL: nothing is finished."""
        assert self.process is not None
        if self.up:
            self.process.kill()
        self.ended.append(await self.process.wait())

    async def stop(self) -> float:
        """SIGTERM: what was begun is finished; seconds until it ended."""
        assert self.process is not None
        began = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END):
                self.ended.append(await self.process.wait())
        except TimeoutError:
            await self.kill()
        return time.perf_counter() - began

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """It does nothing, and keeps all that it holds."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


@dataclass
class Fleet:
    """The replicas, asked in turn. Who refuses the connection is passed by; who breaks it off is not."""

    replicas: Sequence[Replica]
    session: aiohttp.ClientSession
    turn: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    """How requests failed, by what was seen."""
    answered: int = 0

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """One request; status and text of a 2xx answer, else Unanswered."""
        self.turn += 1
        first = self.turn % len(self.replicas)
        for replica in [*self.replicas[first:], *self.replicas[:first]]:
            url = f"http://127.0.0.1:{replica.port}{path}"
            try:
                async with self.session.post(url, data=body, headers=headers, timeout=WAITS) as response:
                    return self._judged(response.status, await response.text())
            except aiohttp.ClientConnectorError:
                continue
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                raise self._note(type(error).__name__) from None
        raise self._note("refused")

    def _judged(self, status: int, text: str) -> tuple[int, str]:
        if status >= 300:
            raise self._note(str(status))
        self.answered += 1
        return status, text

    def _note(self, how: str) -> Unanswered:
        self.failed[how] = self.failed.get(how, 0) + 1
        return Unanswered(how)
