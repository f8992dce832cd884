"""Who may talk to the console: this machine, through its own page, and nobody else."""

from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from bot.settings import is_loopback
from cards.console import NOT_FROM_HERE, NOT_HERE, not_loopback

NAMES = {"localhost", "127.0.0.1", "[::1]"}
OWN_HEADER = "X-Canipost-Console"
"""No other site's page can set it without being allowed to first."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NotLoopback(ValueError):
    """An address that other machines can reach; the text says what to do."""


def loopback_only(host: str) -> str:
    """The host to listen on; NotLoopback for one that other machines can reach."""
    if is_loopback(host):
        return host
    raise NotLoopback(not_loopback(host))


def guarded(handler: Handler) -> Handler:
    """The handler, for requests of this machine's browser on the console's own page; with strict headers."""

    async def guard(request: web.Request) -> web.StreamResponse:
        try:
            _refuse_strangers(request)
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(HEADERS)
            raise
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return guard


def _refuse_strangers(request: web.Request) -> None:
    """A name that is not ours is DNS rebinding; an Origin that is not ours is another site's page."""
    if not is_loopback(request.remote or "") or _name(request.host) not in NAMES:
        raise web.HTTPForbidden(text=NOT_HERE)
    if request.method in (hdrs.METH_GET, hdrs.METH_HEAD):
        return
    same = request.headers.get(hdrs.ORIGIN) == f"http://{request.host}"
    if not same or OWN_HEADER not in request.headers:
        raise web.HTTPForbidden(text=NOT_FROM_HERE)


def _name(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isascii() and port.isdigit() else host).lower()
