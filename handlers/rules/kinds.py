"""The kinds of request that any school has, whatever its trust's policy makes of them."""

import re
from dataclasses import dataclass

from handlers.rules.pack import Kind, Pack, Question, Reply


@dataclass(frozen=True, slots=True)
class Known:
    """A kind of request that any school has: what it is called, and asks, where the policy is silent."""

    title: str
    question: str
    answered: bool = False


KINDS: dict[str, Known] = {
    "media_enquiry": Known("Media enquiry", "Who asks what, and by when?", True),
    "reminder": Known("Reminder to parents", "What are parents to be reminded of?"),
    "profile_exception": Known("Own contact details on a profile", "Which details, on which profile, and why?"),
    "device": Known("Own camera or phone", "Which device, and what for?"),
    "open_comments": Known("Open comments", "On which account, and why?"),
    "declaration": Known("Declaration", "What would you like to declare?", True),
    "brand": Known("Use of the logo or name", "What will you use, and where?"),
    "person_mention": Known("Mention somebody", "About whom, and what would you write?"),
    "spokesperson": Known("Speak for the trust", "Where and about what will you speak?"),
    "account": Known("New account", "What would it be, and what for?"),
    "site": Known("New platform", "Which site or app, and what for?"),
    "advice": Known("Advice", "What would you like to know?", True),
}
SILENT_REPLIES = (Reply(id="say", text="My answer", words=True), Reply(id="no", text="Please do not"))


def called(pack: Pack, said: str) -> tuple[str, ...]:
    """The pack's own kinds, such as no other trust has, whose name or title is said."""
    words = set(re.findall(r"[^\W_]+", said.casefold()))
    own = [name for name, kind in pack.kinds.items() if name not in KINDS and not kind.publishes]
    return tuple(name for name in own if any(
        called and called <= words
        for called in (set(name.split("_")), set(re.findall(r"\w{4,}", pack.kinds[name].title.casefold())))
    ))


def kind_of(pack: Pack, name: str) -> Kind | None:
    """The kind by this trust's rules; where the policy is silent, one that says so; None for what nobody knows."""
    if name in pack.kinds:
        return pack.kinds[name]
    known = KINDS.get(name)
    if known is None:
        return None
    return Kind(
        title=known.title, clause="the policy does not say", effect="answer" if known.answered else "grant",
        questions=(Question(id="what", label=known.question, type="text"),), route=pack.silence.route,
        conditions=not known.answered, replies=SILENT_REPLIES if known.answered else (), silent=True,
    )
