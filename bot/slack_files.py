"""Files that people gave on Slack, fetched and kept; and who Slack says somebody is."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.intake import Take, Taken, too_large
from bot.sender import RetryLater
from bot.slack_api import Refused, SlackApi, TooLarge
from cards.slack import clean, cut
from cards.slack_words import not_fetched, only_first
from handlers.rules.pictures import MOST_BYTES

MOST = 4


async def take_all(api: SlackApi, take: Take, given: Sequence[Mapping[str, Any]]) -> list[Taken]:
    """What became of each of these files; and a sentence where there were too many."""
    taken = list(await asyncio.gather(*(_taken(api, take, file) for file in given[:MOST])))
    return [*taken, *([only_first(MOST)] if len(given) > MOST else [])]


async def _taken(api: SlackApi, take: Take, file: Mapping[str, Any]) -> Taken:
    name = cut(clean(str(file.get("name") or "the picture")), 100)
    try:
        if file.get("file_access") == "check_file_info":  # shared from another organisation
            file = (await api.ask("files.info", file=file.get("id", "")))["file"]
        if _size(file) > MOST_BYTES:
            return too_large(name)
        data = await api.fetch(str(file.get("url_private_download") or file.get("url_private") or ""), MOST_BYTES)
        return await take(name, data)
    except TooLarge:
        return too_large(name)
    except (Refused, RetryLater, KeyError, TypeError, AttributeError):
        return not_fetched(name)


def _size(file: Mapping[str, Any]) -> int:
    size = file.get("size")
    return size if isinstance(size, int) else 0


async def vouched_email(api: SlackApi, team: str, enterprise: str, user: str) -> str:
    """The user's e-mail address where Slack vouches for it: a full member of this workspace. Else empty."""
    try:
        found = (await api.ask("users.info", user=user))["user"]
    except (Refused, KeyError):
        return ""
    outside = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    if not isinstance(found, dict) or any(found.get(mark) for mark in outside):
        return ""
    organisation = (found.get("enterprise_user") or {}).get("enterprise_id")
    # In an organisation the workspace may be the user's own word for it, also where they are another organisation's.
    member = organisation == enterprise if enterprise else found.get("team_id") == team
    if not member or found.get("is_email_confirmed") is False:
        return ""
    return str((found.get("profile") or {}).get("email") or "")
