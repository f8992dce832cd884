"""Whether somebody asks what the policy says, and what exactly they ask.

The patterns are plain strings: `re` compiles each when it is first needed, and keeps it. Compiling them all at once
would make every start slower.
"""

import re
import unicodedata

from handlers.rules import heard

OTHERS = r"(?:to|for|if i can post|someone|somebody|a|an|m[rs]+s?)"
"""Whom or what somebody asks who does not ask the policy."""
POLICY = (
    rf"(?is){heard.GREETING}(?:ask(?: the)? policy|policy|ask(?!\s+{OTHERS}\b))\b[\s:,–-]+(?P<asked>\S.*)"
)
"""The command, and what follows it."""
SAYS = (
    r"(?i)\bwhat(?:'s|s| is| does| do| did)?\b.{0,25}\bpolic(?:y|ies)\b"
    r"|\bpolicy (?:say|says|on|about|allow|allows|cover)\b"
    r"|\b(?:according to|under|against) (?:the|our) (?:\w+ ){0,3}policy\b|\bwhat (?:are|r) the rules\b"
)
"""The policy is named in the question."""
WONDERS = (
    r"(?i)^(?:and |but |so |also |ok |hi )*(?:do|does|did|am|are|is|isn'?t|should|must|shall|who|whos|what|whats|when"
    r"|where|why|how|hows|which|whose|has|have|would|will|need|allowed"
    r"|(?:can|could|may) (?!i\b|we\b|you (?:please )?(?:post|put|send|share)))\b"
)
"""Asks what holds, rather than for something: "can I have" is a request."""
DO = (
    r"(?i)\bwhat (?:should|shall|do|can|must) (?:i|we)\b|\b(?:do|should|shall|can|must|may) (?:i|we) (?:\w+ )?"
    r"(?:accept|add|reply|answer|ignore|block|decline|follow|hit|press)\b|\byes or no\b|\bwhat now\b|\ballowed\b"
)
"""Asks what to do about something."""


ENGLISH = frozenset((
    "the", "a", "an", "to", "of", "on", "in", "for", "is", "are", "am", "be", "do", "does", "did", "can", "i", "my",
    "we", "our", "you", "your", "it", "its", "this", "that", "with", "and", "or", "if", "what", "who", "how", "when",
    "where", "why", "which", "should", "have", "has", "not", "no", "from", "about", "at", "by", "me", "us", "was",
    "allowed", "school", "post", "photo", "photos", "policy", "pupils", "pupil", "staff", "u", "im", "ive", "ok",
))
FEW = 4


def foreign(said: str) -> bool:
    """Whether it can hardly be English: another script, or several words of which none is a common English one."""
    letters = [each for each in said if each.isalpha()]
    latin = sum(unicodedata.name(each, "").startswith("LATIN") for each in letters)
    words = re.findall(r"[^\W\d_]+", said.lower())
    return latin * 2 < len(letters) or (len(words) >= FEW and ENGLISH.isdisjoint(words))


def asked(said: str) -> str:
    """What follows the command, or the whole where the policy is named in it; nothing for anything else."""
    if found := re.match(POLICY, said):
        return found["asked"].strip()
    return said.strip() if re.search(SAYS, said) else ""


def wonders(said: str) -> bool:
    """Whether it asks what holds or what to do, rather than for something."""
    plain = re.sub(heard.GREETING, "", heard.plainly(said)).strip()
    return bool(re.match(WONDERS, plain) or re.search(DO, plain))
