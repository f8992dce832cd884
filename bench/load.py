"""The load: prepared requests over a few connections that stay open, as fast as the answers come."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 8
PATIENCE = 120
"""Seconds for one round; what takes longer is broken."""


@dataclass
class Run:
    """One round: seconds as a whole, and for each request."""

    seconds: float = 0.0
    taken: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.taken) / self.seconds


def request(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """A POST as it goes over the wire."""
    told = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def post_all(port: int, requests: Sequence[bytes], sign: bytes) -> Run:
    """Post them all; each answer must be 200 and contain `sign`."""
    run, waiting = Run(), iter(requests)
    async with asyncio.timeout(PATIENCE):
        began = time.perf_counter()
        await asyncio.gather(*(_one_connection(port, waiting, run, sign) for _ in range(CONNECTIONS)))
        run.seconds = time.perf_counter() - began
    return run


async def _one_connection(port: int, waiting: Iterator[bytes], run: Run, sign: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for each in waiting:
            began = time.perf_counter()
            writer.write(each)
            head, body = await _answer(reader)
            run.taken.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200") or sign not in body:
                raise RuntimeError(f"not the answer that was expected: {head!r} {body[:500]!r}")
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head, await reader.readexactly(int(length.partition(b":")[2]))
