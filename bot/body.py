"""What a platform posted, whole: within so many bytes and seconds, whoever really sent it."""

import asyncio

from aiohttp import web

WITHIN = 10.0
"""Seconds. Whoever sends a letter a minute would else hold a connection for ever, without having said who they are."""


async def whole(request: web.Request, most: int, within: float = WITHIN) -> bytes:
    """The body; 413 where it is larger, 408 where it does not come, 400 where it is broken or cut off on its way."""
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(most, request.content_length or 0)
    body = bytearray()
    try:
        async with asyncio.timeout(within):
            async for part in request.content.iter_any():
                body += part
                if len(body) > most:
                    raise web.HTTPRequestEntityTooLarge(most, len(body))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, ConnectionError):
        raise web.HTTPBadRequest from None
    return bytes(body)
