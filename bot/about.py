"""The bot's own pages in the web, which its manifests point to: plain HTML that loads nothing."""

import hashlib
from base64 import b64encode
from collections.abc import Awaitable, Callable
from html import escape

from aiohttp import web

from cards.about import HOME, PRIVACY, TERMS, Page

EMPTY_LINE, NEXT_POINT = "\n\n", "\n- "
PAGES = {"/": HOME, "/privacy": PRIVACY, "/terms": TERMS}
STYLE = (
    ":root{color-scheme:light dark}"
    "body{max-width:42rem;margin:0 auto;padding:1.5rem 1rem 3rem;font:1.05rem/1.6 system-ui,sans-serif}"
    "h1{line-height:1.25}h2{margin-top:2rem;font-size:1.2rem}"
    "nav ul{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;padding:0;list-style:none}li{margin:.3rem 0}"
)
STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "max-age=3600",
}
Handler = Callable[[web.Request], Awaitable[web.Response]]


def routes() -> list[web.RouteDef]:
    """What is served to everybody."""
    return [web.get(path, _serving(path)) for path in PAGES]


def _serving(path: str) -> Handler:
    async def serve(_request: web.Request) -> web.Response:
        return web.Response(text=render(path), content_type="text/html", headers=HEADERS)

    return serve


def render(path: str) -> str:
    """The page at this path."""
    page = PAGES[path]
    links = "".join(_link(to, each, path) for to, each in PAGES.items())
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(page.title)}</title><style>{STYLE}</style></head>"
        f'<body><nav aria-label="Pages"><ul>{links}</ul></nav>'
        f"<main><h1>{escape(page.title)}</h1>{''.join(map(_part, page.text.strip().split(EMPTY_LINE)))}</main>"
        "</body></html>\n"
    )


def _link(to: str, page: Page, here: str) -> str:
    current = ' aria-current="page"' if to == here else ""
    return f'<li><a href="{to}"{current}>{escape(page.name)}</a></li>'


def _part(text: str) -> str:
    """A heading, a list or a paragraph."""
    if text.startswith("# "):
        return f"<h2>{escape(text.removeprefix('# '))}</h2>"
    if text.startswith("- "):
        return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in text.removeprefix('- ').split(NEXT_POINT))}</ul>"
    return f"<p>{escape(text)}</p>"
