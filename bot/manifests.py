"""What an administrator installs, made from the sources in `manifest/`: Slack's manifest, and the package for Teams."""

import io
import json
import re
import zipfile
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bot.settings import is_loopback

HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the package, so that the same input makes the same package."""


class BadAddress(ValueError):
    """Nothing that can be installed comes of this; the text says why."""


def slack_manifest(url: str) -> str:
    """Slack's manifest as JSON text, for a bot that Slack reaches at `url`."""
    base = url.strip().rstrip("/")
    try:
        parts = urlsplit(base)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise BadAddress(f"“{url}” is no address, such as https://canipost.example.org") from None
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme != "https" or not HOST.fullmatch(host) or port not in {None, 443} or not plain:
        raise BadAddress(f"“{url}” will not do: Slack needs https and a public name: https://canipost.example.org")
    return _text(_filled("slack.json", url=base))


def teams_package(app_id: str, domain: str) -> bytes:
    """The zip file with Teams' manifest and both icons, for a bot that is reached at `domain`."""
    try:
        guid = str(UUID(app_id.strip()))
    except ValueError:
        raise BadAddress(f"“{app_id}” is no app id. It looks like 8-4-4-4-12 characters, 0-9 and a-f.") from None
    host = domain.strip().lower()
    if not HOST.fullmatch(host) or is_loopback(host):
        raise BadAddress(f"“{domain}” is no public host name, such as canipost.example.org (without https://).")
    manifest = _text(_filled("teams/manifest.json", app_id=guid, domain=host)).encode()
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        icons = [(name, _source(name)) for name in ("color.png", "outline.png")]
        for name, data in [("manifest.json", manifest), *icons]:
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), data)
    return package.getvalue()


def _source(name: str) -> bytes:
    return (files("manifest") / "teams" / name).read_bytes()


def _filled(name: str, **words: str) -> Any:
    """The template with its {words} filled in, wherever they stand in a string."""
    return _fill(json.loads((files("manifest") / name).read_text("utf-8")), words)


def _fill(part: Any, words: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _fill(value, words) for key, value in part.items()}
    if isinstance(part, list):
        return [_fill(value, words) for value in part]
    if isinstance(part, str):
        for name, word in words.items():
            part = part.replace(f"{{{name}}}", word)
    return part


def _text(manifest: Any) -> str:
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
