"""A post: what it consists of, what is still missing from it, and what changed between two wordings."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from handlers.rules.pack import Kind

TEXT_LIMIT = 3000
"""Characters; what a form's field holds on every platform."""
PICTURES_LIMIT = 4
ACCOUNTS_LIMIT = 300
"""So many accounts a form offers, the asker's own school's first: Teams takes no larger card."""
FARTHEST = timedelta(days=366)
"""How far ahead a post can be asked for."""
SHORT = {"x": 280, "twitter": 280, "bluesky": 300, "instagram": 2200, "threads": 500}
"""Characters that a site takes, where that is fewer."""


class PostPicture(BaseModel):
    """A picture of a post, by its content, with its description."""

    model_config = ConfigDict(frozen=True)
    digest: str
    thumb: str
    name: str
    alt: str = ""

    @property
    def field(self) -> str:
        """The form's field for its description; it names the picture, so that a refused form keeps it."""
        return f"alt_{self.digest[:16]}"


class PostContent(BaseModel):
    """All that is approved: a decision is bound to the digest of exactly this."""

    model_config = ConfigDict(frozen=True)
    text: str = ""
    accounts: tuple[int, ...] = ()
    pictures: tuple[PostPicture, ...] = ()
    go_live: datetime | None = None
    people: str = ""
    permission: str = ""
    confirmed: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """As it is stored."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """SHA-256 of the content, whatever the order in which its accounts were chosen."""
        row = {**self.row(), "accounts": sorted(self.accounts), "confirmed": sorted(self.confirmed)}
        return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


class Missing:
    """Why a field cannot be sent as it is; `cards.post` and `cards.permission` have the sentences."""

    EMPTY_ANSWER = "empty answer"
    TOO_LONG_ANSWER = "too long answer"
    NO_DAY = "no day"
    PAST_DAY = "past day"
    NOBODY = "nobody"
    SEVERAL_PEOPLE = "several people"

    EMPTY = "empty"
    NOTHING = "nothing"  # neither words nor a picture
    TOO_LONG = "too long"
    PAST = "past"
    TOO_FAR = "too far"
    NO_DATE = "no date"
    UNKNOWN = "unknown"
    NO_ALT = "no alt"
    NOT_CONFIRMED = "not confirmed"
    WHO = "who"  # people can be recognised, but it is not said who
    SEVERAL_STEPS = "several steps"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Answers:
    """A form's answers, and the fields that cannot stay as they are: field id → why."""

    content: PostContent
    problems: dict[str, str]


def plain(text: str) -> str:
    """What somebody typed, without what no keyboard has: NUL and other controls, but for line ends and tabs."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or (ord(c) >= 32 and not 127 <= ord(c) < 160))
    return kept.encode("utf-8", "ignore").decode().strip()


def read(fields: Mapping[str, Any], old: PostContent, known: set[int], kind: Kind, zone: ZoneInfo) -> Answers:
    """The form's answers on top of the old content. Nothing typed is lost, also where it is wrong."""
    problems: dict[str, str] = {}
    go_live = _moment(typed(fields, "go_live"), zone, problems) if "go_live" in fields else old.go_live
    dropped = set(chosen_in(fields, "drop"))
    pictures = tuple(
        p.model_copy(update={"alt": plain(typed(fields, p.field))[:500] if p.field in fields else p.alt})
        for p in old.pictures
        if p.digest[:16] not in dropped
    )
    chosen = chosen_in(fields, "accounts") if "accounts" in fields else [str(a) for a in old.accounts]
    accounts = tuple(dict.fromkeys(int(a) for a in chosen if is_number(a) and int(a) in known))
    permission = (chosen_in(fields, "permission") or [""])[0]
    content = PostContent(
        text=plain(typed(fields, "text")) if "text" in fields else old.text,
        accounts=accounts,
        pictures=pictures,
        go_live=go_live,
        people=plain(typed(fields, "people"))[:500] if "people" in fields else old.people,
        permission=permission if permission in {p.id for p in kind.permissions} else "",
        confirmed=tuple(c.id for c in kind.confirmations if fields.get(f"confirm_{c.id}") == "yes"),
    )
    return Answers(content, problems)


def is_number(text: str) -> bool:
    """Whether it can be a row's number, which a database takes."""
    return text.isascii() and text.isdigit() and len(text) < 10


def missing(content: PostContent, kind: Kind, now: datetime) -> dict[str, str]:
    """What keeps this content from being sent: field id → why. Empty: it is complete."""
    found: dict[str, str] = {}
    if not content.text and not content.pictures:
        found["text"] = Missing.NOTHING
    if len(content.text) > TEXT_LIMIT:
        found["text"] = Missing.TOO_LONG
    if not content.accounts:
        found["accounts"] = Missing.EMPTY
    if content.go_live is not None and content.go_live <= now:
        found["go_live"] = Missing.PAST
    if content.go_live is not None and content.go_live > now + FARTHEST:
        found["go_live"] = Missing.TOO_FAR
    if len(content.pictures) > PICTURES_LIMIT:
        found["drop"] = Missing.TOO_MANY
    found.update({p.field: Missing.NO_ALT for p in content.pictures if not p.alt})
    permission = next((p for p in kind.permissions if p.id == content.permission), None)
    if permission is None:
        found["permission"] = Missing.EMPTY
    elif permission.people and not content.people:
        found["people"] = Missing.WHO
    unticked = {c.id for c in kind.confirmations} - set(content.confirmed)
    found.update({f"confirm_{c}": Missing.NOT_CONFIRMED for c in sorted(unticked)})
    return found


def too_long_for(content: PostContent, platforms: list[str]) -> tuple[str, int] | None:
    """The first of these sites that does not take so many characters, and how many it takes."""
    for platform in platforms:
        limit = SHORT.get(platform.lower(), TEXT_LIMIT)
        if len(content.text) > limit:
            return platform, limit
    return None


def is_address(text: str) -> bool:
    """Whether it is a web address that shows where it leads: no name before the site's, nothing invisible."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    site = "." in (parts.hostname or "").strip(".") and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and site and len(text) <= 500 and text.isprintable() and " " not in text


def _moment(text: str, zone: ZoneInfo, problems: dict[str, str]) -> datetime | None:
    """A local "YYYY-MM-DDTHH:MM" as a moment; what the clocks skip or repeat is taken as the earlier reading."""
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
        moment = (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
        moment.astimezone(zone)  # it is shown again in the trust's zone, which has no year 0 or 10,000
        return moment
    except (ValueError, OverflowError):
        problems["go_live"] = Missing.NO_DATE
        return None


def typed(fields: Mapping[str, Any], name: str) -> str:
    """What was typed in a field; nothing for anything else than words."""
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def chosen_in(fields: Mapping[str, Any], name: str) -> list[str]:
    """What was chosen in a field, one or several."""
    value = fields.get(name, [])
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [v for v in values if isinstance(v, str) and v]
