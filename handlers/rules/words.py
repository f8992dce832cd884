"""What somebody means who just writes to the bot."""

import re
from dataclasses import dataclass

from cards.action import Verb

SITES = {
    "facebook": ("facebook", "fb"),
    "instagram": ("instagram", "insta"),
    "x": ("twitter", "x", "tweet"),
    "linkedin": ("linkedin",),
    "tiktok": ("tiktok", "tik tok"),
    "youtube": ("youtube",),
    "threads": ("threads",),
    "bluesky": ("bluesky", "bsky"),
}
VERBS = r"(?:post|share|publish|tweet|upload|put\s+(?:this|that|it|these|something)?)"
THING = r"(?:this|that|it|these|the following|something)?"
WHERE = r"(?:\s*(?:up|out))?(?:\s*(?:on|to|in)\s+(?P<where>[^?:\n.!]{1,60}))?"
QUESTION = re.compile(
    rf"^\W*(?:(?:hi|hello|hey|please|morning|afternoon)\b[\s,!.]*)*"
    rf"(?:(?:can|could|may|shall|should)\s+(?:i|we|you)"
    rf"|(?:is\s+it\s+|are\s+we\s+|am\s+i\s+)?(?:ok|okay|fine|alright|all right|allowed)"
    rf"(?:\s+(?:for\s+me\s+)?(?:to|if\s+i))?)\s+(?:please\s+)?{VERBS}\s*{THING}{WHERE}\s*(?:please\s*)?"
    rf"(?:[?:.!]+|\n|$)\s*",
    re.IGNORECASE,
)
COMMAND = re.compile(rf"^\s*post\b(?:\s+{THING})?{WHERE}\s*[:?]\s*", re.IGNORECASE)
WORDS = {
    Verb.MINE: {"mine", "my posts", "my requests", "what did i ask", "show mine", "status"},
    Verb.WAITING: {"waiting", "what waits for me", "what is waiting", "whats waiting", "inbox", "to do", "todo"},
    Verb.COMPOSE: {"post", "new post", "new", "can i post", "ask", "can i post something", "i want to post something"},
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """The verb that is meant, the words of the post in it, and the sites that are named."""

    verb: Verb
    text: str = ""
    sites: tuple[str, ...] = ()


def understand(said: str, with_files: bool) -> Meaning:
    """HELP where it is not clear: better ask back than guess."""
    words = re.sub(r"[^\w\s]", "", said.lower()).strip()
    words = re.sub(r"\s+", " ", words)
    for verb, phrases in WORDS.items():
        if words in phrases and not with_files:
            return Meaning(verb)
    asked = asking(said)
    if asked is None:
        return Meaning(Verb.ASK, said.strip()) if with_files else Meaning(Verb.HELP)
    if not asked.text and not with_files:
        return Meaning(Verb.COMPOSE, sites=asked.sites)
    return asked


def asking(said: str) -> Meaning | None:
    """The post behind the question that leads it in; None where there is no such question."""
    match = QUESTION.match(said) or COMMAND.match(said)
    if match is None:
        return None
    return Meaning(Verb.ASK, said[match.end() :].strip(), sites(match["where"] or ""))


def sites(words: str) -> tuple[str, ...]:
    """The sites that are named, by their usual names."""
    lower = words.lower()
    return tuple(
        site for site, names in SITES.items() if any(re.search(rf"\b{re.escape(name)}\b", lower) for name in names)
    )
