"""What somebody means who just writes to the bot.

The patterns are plain strings, compiled when first needed, as in `questions`.
"""

import re
from dataclasses import dataclass

from cards.action import Verb
from handlers.rules import heard, questions, worries

POST = "post"
SITES = {
    "facebook": ("facebook", "fb"),
    "instagram": ("instagram", "insta"),
    "x": ("twitter", "x", "tweet"),
    "linkedin": ("linkedin",),
    "tiktok": ("tiktok", "tik tok"),
    "youtube": ("youtube",),
    "threads": ("threads",),
    "bluesky": ("bluesky", "bsky"),
    "snapchat": ("snapchat", "snap"),
    "whatsapp": ("whatsapp", "whats app"),
}
NAMED = {site: rf"\b(?:{'|'.join(names)})\b" for site, names in SITES.items()}
VERBS = r"(?:post|share|publish|tweet|upload|put\s+(?:this|that|it|these|something)?)"
THING = r"(?:this|that|it|these|the following|something)?"
WHERE = r"(?:\s*(?:up|out))?(?:\s*(?:on|onto|to|in)\s+(?P<where>[^?:\n.!]{1,60}))?"
QUESTION = (
    rf"(?i){heard.GREETING}(?:(?:if\s+)?(?:can|could|may|shall|should|would|will)\s+(?:i|we|you|someone|somebody)"
    rf"|(?:would\s+it\s+be\s+|is\s+it\s+|are\s+we\s+|am\s+i\s+|if\s+(?:it'?s|it\s+is)\s+)?"
    rf"(?:ok|okay|fine|alright|all right|allowed)(?:\s+(?:for\s+me\s+)?(?:to|if\s+(?:i|we)))?"
    rf"|(?:i|we)\s+(?:want|need)\s+to|(?:i|we)(?:'|’)?d\s+(?:like|love)\s+to|(?:i|we)\s+would\s+(?:like|love)\s+to)"
    rf"\s+(?:please\s+|pls\s+|also\s+)?{VERBS}\s*{THING}{WHERE}\s*(?:(?:please|pls)\s*)?(?:[?:.!]+|\n|$)\s*"
)
PASSIVE = (
    rf"(?i){heard.GREETING}(?:can|could|may|should)\s+(?:this|that|it|these|the following)\s+(?:please\s+)?"
    rf"(?:be\s+(?:posted|shared|tweeted|published|uploaded|put)|go){WHERE}\s*(?:(?:please|pls)\s*)?(?:[?:.!]+|\n|$)\s*"
)
COMMAND = rf"(?i){heard.GREETING}(?:post|tweet|share)\b(?:\s+{THING})?{WHERE}\s*[:?]\s*"
LEAD = (
    rf"(?i){heard.GREETING}(?=[^:?\n]*\b(?:post|tweet|story|facebook|fb|insta(?:gram)?|twitter|socials)\b)"
    r"[^:?\n]{1,80}[:?\n]\s*(?=\S)"
)
"""What introduces a post, and names none of the verbs above."""
MINE = (
    r"^\W*(?:where'?s?|what(?:'?s| is) happening (?:with|to)|has|any news (?:on|of|about)|status of|did)\b"
    r".*\bmy (?:\w+ )?(?:posts?|requests?)\b"
)
"""What became of something."""
NEW = r"(?i)\b(?:new|start|set ?up|setting up|create|open|launch|make|need to|have to)\b"
ASKED = (
    r"\b(?:is there|are there|do we (?:already )?have|have we got|(?:does|has) the|whos|who'?s"
    r"|who (?:runs|has|looks after|owns|manages|does|is)|which|what(?! about| if| do i| should)|list|show|look ?up)\b"
)
PLACES = r"\b(?:accounts?|pages?|channels?|groups?|socials|social media)\b"
LOOK_UP = {
    "permission": r"(?i)\bmy permissions?\b|\bwhat am i allowed\b",
    "device": r"(?i)\bmy devices?\b|\bregistered devices?\b|\bdevices? (?:is|are) registered\b",
    "site": (
        rf"(?i){ASKED}.*\b(?:sites?|platforms?|apps?)\b|\bapproved (?:sites?|apps?|platforms?)\b"
        rf"|^\W*(?:is|are)\W+(?:\w+\W+)?(?:{heard.SITE}|{heard.TOOL})\W+(?:\w+\W+)?(?:approved|allowed|banned)\b"
    ),
    "account": (
        rf"(?i){ASKED}.*(?:{PLACES}|\b{heard.SITE}\b)|^\W*(?:the |our |all )?accounts\W*$"
        rf"|\b(?:close|closing|delete|remove|hand(?:ing)? over|change the owner|tak(?:e|ing) over)\b.*"
        rf"(?:{PLACES}|\b{heard.SITE}\b)"
    ),
}
"""What is asked about a register, by the register."""
WORDS = {
    Verb.MINE: {"mine", "my posts", "my requests", "what did i ask", "what i asked for", "status"},
    Verb.WAITING: {
        "waiting", "what waits", "what waits for me", "what is waiting", "whats waiting", "what is waiting for me",
        "whats waiting for me", "anything waiting", "anything waiting for me", "inbox", "to do", "todo",
    },
    Verb.MENU: {"menu", "something else", "ask for something else", "permission", "permissions", "request"},
    Verb.COMPOSE: {"post", "new post", "new", "can i post", "can i post something", "i want to post something"},
    Verb.READERS: {"readers", "who has not", "who hasnt"},
    Verb.ASK_POLICY: {"ask", "ask policy", "ask the policy", "policy", "the policy", "ask what the policy says"},
}
SHOWN = r"^(?:show|list)(?: me)? "
"""What may stand before those words."""
HELLO = (
    r"^(?:(?:hi+|hiya|hey|hello|good (?:morning|afternoon|evening)|morning|afternoon)(?: (?:there|bot|all))?(?: |$))?"
    r"(?:(?:please )?help(?: me)?(?: please)?|can you help(?: me)?|commands|start|(?:ok|okay|yes|no)(?: (?:ok|okay))?"
    r"|(?:what|who) (?:can|do|are|r) (?:you|u)(?: do| help(?: me)? with| for| able to do)?(?: for me| here)?"
    r"|what is this|how (?:does (?:this|it)|do you) work|how do i use (?:this|you|it))?$"
)
"""A greeting, or what somebody asks about the bot itself, without punctuation."""
THANKS = (
    r"^(?:(?:ok|okay|great|lovely|perfect|brilliant|super|many|oh|thats) )*(?:thanks?|thank (?:you|u)|thx|ta|cheers)"
    r"(?: (?:you|a lot|so much|very much|a million|again|bot|all|for (?:that|this|your help|the help)|x+))*$"
)
GLAD = r"[\s👍🙏👏😊🎉❤\ufe0f\U0001f3fb-\U0001f3ff]+"
"""Somebody says thank you, or only shows it, and no more."""
READERS = r"^who (?:has|have|hasnt|havent) (?:not )?(?:yet )?(?:read|confirmed)\b"
"""Who has confirmed a document, without punctuation."""
BRIEF = 400
"""Letters: what is longer is no question of what the policy says, whatever stands in it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The verb that is meant, the words of the post in it, and the sites that are named.

    `kinds`: what is asked for; several where it is not clear which. `book`: the register that is asked about.
    """

    verb: Verb
    text: str = ""
    sites: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    book: str = ""


def understand(said: str, with_files: bool) -> Meaning:
    """HELP where it is not clear: better ask back than guess. HELLO is for a greeting, or asks what the bot can do."""
    if not with_files and (verb := _command(bare(said))):
        return Meaning(verb)
    if not with_files and len(said) <= BRIEF and (question := questions.asked(said)):
        return Meaning(Verb.ASK_POLICY, question)
    asked = asking(said)
    if asked is None and with_files and not worries.worries(said):
        return Meaning(Verb.ASK, said.strip())
    if asked is None:
        return _otherwise(said)
    if not asked.text and not with_files:
        return Meaning(Verb.COMPOSE, sites=asked.sites)
    return asked


def bare(said: str) -> str:
    """The words in small letters, without punctuation."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s]", "", said.lower())).strip()


def is_thanks(said: str) -> bool:
    """Whether it only says thank you."""
    return len(said) <= BRIEF and bool((said.strip() and re.fullmatch(GLAD, said)) or re.match(THANKS, bare(said)))


def _command(words: str) -> Verb | None:
    """What a few words mean by themselves."""
    if words and re.match(HELLO, words):
        return Verb.HELLO
    if re.match(READERS, words):
        return Verb.READERS
    shown = re.sub(SHOWN, "", words)
    return next((verb for verb, phrases in WORDS.items() if shown in phrases), None)


def is_report(said: str) -> bool:
    """Whether they worry somebody: then no file that comes along is fetched or kept."""
    return understand(said, with_files=True).verb == Verb.REPORT


def _otherwise(said: str) -> Meaning:
    """Something on a register, a permission that is not a post, or a post that is put in other words."""
    if worries.worries(said):
        return Meaning(Verb.REPORT)
    plain = re.sub(heard.GREETING, "", heard.plainly(said))
    if re.search(MINE, plain):
        return Meaning(Verb.MINE)
    if not re.search(NEW, plain):
        for book, words in LOOK_UP.items():
            if re.search(words, plain):
                return Meaning(Verb.REGISTER, sites=sites(plain), book=book)
    found = heard.kinds(said)
    if found == (POST,):
        text = behind(said)
        return Meaning(Verb.ASK, text, sites(said)) if text else Meaning(Verb.COMPOSE, sites=sites(said))
    return Meaning(Verb.REQUEST, kinds=found) if found else Meaning(Verb.HELP)


def behind(said: str) -> str:
    """The words of a post behind what leads them in, or all of them where they praise; else none."""
    if lead := re.match(LEAD, said[: heard.BEGINNING]):
        return said[lead.end() :].strip()
    return said.strip() if re.search(heard.PRAISE, said, re.IGNORECASE) else ""


def message(said: str) -> str:
    """What parents are to read: behind the colon, else the words as they are; none where they speak of "this"."""
    _, colon, text = said.partition(":")
    return (text if colon else "" if re.search(r"\bthis\b", said, re.IGNORECASE) else said).strip()


def asking(said: str) -> Meaning | None:
    """The post behind the question that leads it in; None where there is no such question."""
    begins = said[: heard.BEGINNING]
    match = re.match(QUESTION, begins) or re.match(PASSIVE, begins) or re.match(COMMAND, begins)
    if match is None:
        return None
    return Meaning(Verb.ASK, said[match.end() :].strip(), sites(match["where"] or ""))


def sites(words: str) -> tuple[str, ...]:
    """The sites that are named, by their usual names."""
    lower = words.lower()
    return tuple(site for site, names in NAMED.items() if re.search(names, lower))
