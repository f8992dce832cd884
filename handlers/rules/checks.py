"""What the policy asks of a post, and where a draft visibly trips over it. Drafts are judged here, never people.

Patterns that a start need not wait for are plain strings, compiled when first needed, as in `questions`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from handlers.rules.pack import Kind

CONTACT = (
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # an e-mail address
    r"|(?<!\d)(?:\+44\s?|0)\d[\d\s-]{7,11}\d(?!\d)"  # a British telephone number
    r"|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b"  # a postcode
)
LINK = r"(?i)https?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|org|net|uk|io|ly)/\S*"
AFTER = ".,;:!?)]>'\"’”"
"""What ends a sentence, and not an address in it."""
EVERYONE = r"(?i)(?<!\w)@(?:everyone|channel|here|all)\b|<!(?:channel|everyone|here)"
CONGRATULATED = (
    r"(?i)(?:well done|congratulations|congrats|thanks?(?: you)?|thank|proud of|bravo|kudos|shout[- ]?out"
    r"|happy birthday)(?:,| to| go to|:|\s)*\s*(?P<names>[^.!?\n]+)"
)
NAME = re.compile(r"\b([A-Z][a-z'’-]+(?:\s[A-Z]['’]?[A-Za-z'’-]+)+)\b")
SOMEBODY = r"\b[A-Z][a-z'’-]+(?:\s[A-Z]['’]?[A-Za-z'’-]+){1,3}\b"
PUPIL = r"\b(?:[Pp]upils?|[Ss]tudents?|[Hh]ead (?:[Bb]oy|[Gg]irl)|[Cc]aptain|[Ww]inners?)"
OF_CLASS = r"(?:[Yy]ear\s\d{1,2}|[Yy]r?\s?\d{1,2}\b|\d{1,2}[A-Z]{1,2}\b|Reception\b)"
ACHIEVED = (
    rf"(?P<names>{SOMEBODY}(?:(?:,|,?\s+and|\s+&)\s+{SOMEBODY}){{0,9}})(?:,?\s+who)?(?:\s+(?:has|have|just|also|both))?"
    r"\s+(?:won|wins|came|comes|took|scored|finished|reached|beat|achieved|earned|passed|represented|represents"
    r"|performed|(?:was|were|is|are|been)\s+(?:awarded|chosen|named|crowned|picked|selected|elected|made))\b"
)
"""Whoever did something that schools tell of."""
IN_CLASS = (
    rf"(?P<before>{SOMEBODY})(?:\s*,\s*|\s*\(\s*|\s+)(?:(?:in|of|from)\s+)?{OF_CLASS}"
    rf"|(?:{OF_CLASS}['’]s|{PUPIL},?)\s+(?P<after>{SOMEBODY})"
)
"""Whoever is said to be in a class, or a pupil."""
FULL_NAME = "full_name"
TITLED = r"^(?:Mrs?|Ms|Miss|Mx|Dr|Sir|Dame|Prof|Professor|Year|Form|Class|Team|The|St|Saint)\b"
NOT_NAMES = (
    r"(?:School|Academy|High|Primary|College|Trust|Club|Fair|Day|Week|Team|Year|Street|Road|Park|Centre|Museum"
    r"|University|Choir|Band|Council|Award|Awards|Cup|League|Festival|Show|House|Hall|Evening|Morning|Month|Trip"
    r"|Challenge|Concert|Assembly|Exams?|Market|Library|Theatre|Church|Hospital|Society|Group|Department|United|City"
    r"|Town|Rovers|Wanderers|Athletic)$"
)
NO_FORENAME = (
    r"^(?:(?:Last|Next|This|That|On|In|At|For|Our|And|But|So|Then|When|Today|Yesterday|Pupils?|Students?|Captain"
    r"|Winners?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\s+)+"
)
"""What stands before a name, and is written large where a sentence begins."""
OWNED = re.compile(r"['’]s$")
OWNED_HERE = re.compile(r"['’]s?(?=\s)")
OTHERS_FOLLOW = re.compile(r"\s*,?\s+(?:and|&)\s+(?=\S)|\s*,\s+(?=[A-Z0-9])")
OTHERS_BEFORE = re.compile(r"\s*,?\s+(?:and|&)\s+$|(?<=\w),\s+$")
PRAISE = re.compile(
    r"\b(?P<praise>well done|congratulations|congrats|thanks|thank you|bravo|kudos|happy birthday)"
    r"(?:\s+go)?(?:\s+to)?\s*[,:]?\s+$",
    re.IGNORECASE,
)
SAID_TO_BE = re.compile(rf"(?P<what>{OF_CLASS}(?P<of_class>['’]s)|{PUPIL}),?\s+$")
"""What a name stands beside that can do without it: "our pupil", "Year 9's"."""
BEGINS = re.compile(r"(?:^|[.!?\n]\s*)$")
NEAR = 80
"""So far before a name lies what belongs to it: in three thousand spaces these patterns would search for a minute."""
LOOKED_AT = 500
"""So many findings are remembered: a wording's card is built again for everybody who has it, at each change."""
ENDS = re.compile(r"\s*(?:[^\w\s,;:'’(&-]|$|\n)")


class Draft(NamedTuple):
    """What of a draft is looked at: its words, and the names of the pictures that have no description.

    `known`: the names of schools, accounts and staff, which are no pupils.
    """

    text: str
    undescribed: tuple[str, ...] = ()
    known: Collection[str] = ()


def run(draft: Draft, kind: Kind) -> list[tuple[str, ...]]:
    """What in the draft trips over each check of the kind, in turn; nothing where the bot saw nothing."""
    return [FIND[rule.find](draft) if rule.find else () for rule in kind.checks]


def full_names(text: str, known: Collection[str]) -> tuple[str, ...]:
    """What looks like a pupil's full name: two capitalised words where somebody is praised, wins or is in a class."""
    return tuple(name for name in _named(text) if not any(name in each for each in known))


@lru_cache(LOOKED_AT)
def _named(text: str) -> tuple[str, ...]:
    told = [(found.start(), found["names"]) for each in (CONGRATULATED, ACHIEVED) for found in re.finditer(each, text)]
    told += [(found.start(), found["before"] or found["after"]) for found in re.finditer(IN_CLASS, text)]
    named = (re.sub(NO_FORENAME, "", name) for _at, words in sorted(told) for name in NAME.findall(words))
    return tuple(dict.fromkeys(
        name for name in named if " " in name and not re.match(TITLED, name) and not re.search(NOT_NAMES, name)
    ))


def without(text: str, names: Iterable[str], instead: str) -> str:
    """The text without these names. Where its sentence needs somebody there, `instead` stands for them."""
    for name in sorted({OWNED.sub("", each) for each in names}, key=len, reverse=True):
        while found := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            text = _joined(text[: found.start()], text[found.end() :], instead)
    return text.strip()


def _joined(head: str, tail: str, instead: str) -> str:
    """What stood before and after a name, so that it reads on."""
    near = max(0, len(head) - NEAR)
    begins = instead[:1].upper() + instead[1:] if BEGINS.search(head, near) else instead
    if owned := OWNED_HERE.match(tail):
        return f"{head}{begins}’{tail[owned.end() :]}"
    if said := SAID_TO_BE.search(head):
        return f"{head[: said.end('what')]}{' pupil' if said['of_class'] else ''}{tail}"
    if others := OTHERS_FOLLOW.match(tail):
        return head + tail[others.end() :]
    if ENDS.match(tail):
        if before := OTHERS_BEFORE.search(head, near):
            return head[: before.start()] + tail
        if praise := PRAISE.search(head, near):
            return head[: praise.end("praise")] + tail
    return head + begins + tail


@lru_cache(LOOKED_AT)
def _matches(pattern: str, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.group(0).strip().rstrip(AFTER) for m in re.finditer(pattern, text)))[:5]


FIND: Mapping[str, Callable[[Draft], tuple[str, ...]]] = {
    FULL_NAME: lambda draft: full_names(draft.text, draft.known),
    "contact": lambda draft: _matches(CONTACT, draft.text),
    "link": lambda draft: _matches(LINK, draft.text),
    "everyone": lambda draft: _matches(EVERYONE, draft.text),
    "alt_text": lambda draft: draft.undescribed,
}
"""What the bot can look for, as a pack names it."""
