"""The bot's pages in the web: readable by everybody, truthful about what is served, and loading nothing."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import about
from tests.fakes.console_page import Part, parse


@pytest.fixture
async def client() -> AsyncIterator[TestClient[Any, Any]]:
    app = web.Application()
    app.add_routes(about.routes())
    async with TestClient(TestServer(app)) as standing:
        yield standing


@pytest.mark.parametrize("path", about.PAGES)
async def test_a_page_loads_nothing_and_allows_nothing(client: TestClient[Any, Any], path: str) -> None:
    async with client.get(path) as response:
        text, headers = await response.text(), response.headers
        assert (response.status, response.content_type, response.charset) == (200, "text/html", "utf-8")
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
    tags = [part.tag for part in _parts(text)]
    assert not {"script", "img", "link", "iframe", "form"} & set(tags)
    assert "://" not in text
    assert (await client.head(path)).status == 200
    assert (await client.post(path, data=b"x")).status == 405


@pytest.mark.parametrize("path", about.PAGES)
def test_a_page_can_be_read_by_ear(path: str) -> None:
    parts = _parts(about.render(path))
    (page,) = [part for part in parts if part.tag == "html"]
    assert page.attributes["lang"] == "en-GB"
    levels = [part.tag for part in parts if re.fullmatch(r"h\d", part.tag)]
    assert levels[0] == "h1"
    assert set(levels[1:]) == {"h2"}
    assert [part.tag for part in parts].count("main") == 1
    links = {part.attributes["href"]: part for part in parts if part.tag == "a"}
    assert links.keys() == about.PAGES.keys()
    assert [to for to, part in links.items() if "aria-current" in part.attributes] == [path]


def test_the_style_is_the_one_that_is_allowed() -> None:
    assert f"<style>{about.STYLE}</style>" in about.render("/")
    assert about.STYLE_HASH in about.HEADERS["Content-Security-Policy"]


def _parts(text: str) -> list[Part]:
    body = text.removeprefix("<!doctype html>\n").replace('<meta charset="utf-8">', "")
    return parse(re.sub(r"<meta [^>]*>", "", body)).all()
