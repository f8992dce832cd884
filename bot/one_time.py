"""The page behind a link to a file of a report: it hands the file out once, when its reader presses, and not before.

Chats and mail scanners look at links by themselves; looking changes nothing here, only the press does.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from aiohttp import hdrs, web
from aiohttp.helpers import content_disposition_header

from bot.exhibits import whole
from cards.report_evidence import HAND_OUT, LINK_SPENT, LOST, SAVE
from handlers.dispatch import Desk
from storage.files import FileStore

LINK = r"{token:[A-Za-z0-9_=-]{60,1000}}"
STYLE = "body{font:1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34rem;padding:0 1rem}button{font:inherit}"
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


class OneTimePage:
    """Shows nothing of the file or of its report, to nobody: it is saved, not displayed."""

    def __init__(self, desk: Desk, files: FileStore, clock: Callable[[], datetime]) -> None:
        self._desk, self._files, self._clock = desk, files, clock

    def routes(self) -> list[web.RouteDef]:
        """What it serves."""
        return [
            web.get(f"/evidence/{LINK}", self.ask, allow_head=False), web.post(f"/evidence/{LINK}", self.give),
        ]

    async def ask(self, _request: web.Request) -> web.Response:
        """The same page for every link, good or bad."""
        return _page(HAND_OUT, f'<form method="post"><button>{SAVE}</button></form>')

    async def give(self, request: web.Request) -> web.Response:
        """The file, as it was given; a sentence where the link is spent."""
        exhibit = await self._desk.hand_out(request.match_info["token"], self._clock())
        if exhibit is None:
            return _page(LINK_SPENT, status=404)
        data = await whole(self._files, exhibit)
        if data is None:
            return _page(LOST, status=410)
        named = content_disposition_header("attachment", filename=exhibit.name)
        return web.Response(
            body=data, content_type="application/octet-stream", headers={**HEADERS, hdrs.CONTENT_DISPOSITION: named})


def _page(said: str, more: str = "", status: int = 200) -> web.Response:
    page = (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Can I Post</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><p>{said}</p>{more}</main></body></html>"
    )
    return web.Response(text=page, content_type="text/html", status=status, headers=HEADERS)
