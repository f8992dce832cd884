"""What strangers post before it is known who they are: slow, folded, cut off, too much. It costs an answer, no more."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.app import BARE
from bot.body import whole

MOST = 1000


class Door:
    """A real server with a door that hands back how much it read."""

    def __init__(self) -> None:
        self.port, self.failed = 0, list[Exception]()

    async def read(self, request: web.Request) -> web.Response:
        try:
            return web.Response(text=str(len(await whole(request, MOST, within=0.2))))
        except web.HTTPException:
            raise
        except Exception as error:
            self.failed.append(error)
            raise

    async def post(self, *headers: str, body: bytes = b"", hang_up: bool = False) -> tuple[int, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = "\r\n".join(["POST / HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""])
        writer.write(head.encode() + body)
        await writer.drain()
        if hang_up:
            writer.close()
            return 0, ""
        head, _, text = (await reader.read(4000)).decode().partition("\r\n\r\n")
        writer.close()
        return int(head.split()[1]), text


@pytest.fixture(params=[{}, BARE], ids=["aiohttp's way", "as we serve"])
async def door(request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    standing, app = Door(), web.Application()
    app.router.add_post("/", standing.read)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, **request.param)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    standing.port = runner.addresses[0][1]
    yield standing
    await runner.cleanup()
    assert standing.failed == []


async def test_what_is_whole_is_read(door: Door) -> None:
    assert await door.post("Content-Length: 3", body=b"abc") == (200, "3")
    assert await door.post("Transfer-Encoding: chunked", body=b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") == (200, "5")


async def test_too_much_is_not_read_to_its_end(door: Door) -> None:
    assert (await door.post(f"Content-Length: {10**15}", body=b"abc"))[0] == 413
    assert (await door.post("Transfer-Encoding: chunked", body=b"800\r\n" + b"a" * 2048 + b"\r\n"))[0] == 413


async def test_what_does_not_come_is_not_waited_for(door: Door) -> None:
    assert (await door.post("Content-Length: 100", body=b"abc"))[0] == 408


async def test_what_is_broken_or_cut_off_is_no_error_of_ours(door: Door) -> None:
    assert (await door.post("Content-Encoding: gzip", "Content-Length: 5", body=b"hello"))[0] in (200, 400)
    await door.post("Content-Length: 100", body=b"abc", hang_up=True)
    assert (await door.post("Content-Length: 0"))[0] == 200


@pytest.mark.parametrize("door", [BARE], indirect=True)
async def test_nothing_is_unfolded(door: Door) -> None:
    bomb = gzip.compress(bytes(300_000), 9)
    assert await door.post("Content-Encoding: gzip", f"Content-Length: {len(bomb)}", body=bomb) == (200, f"{len(bomb)}")
