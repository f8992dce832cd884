"""What somebody writes who is worried by something online, or was told of it; and what only sounds like that.

The patterns are plain strings, compiled when first needed, as in `questions`.
"""

import re

PUPIL = (
    r"(?:(?:ex-?|former )?(?:pupils?|students?|kids?|children|child|boys?|girls?|(?:y|yr|year) ?\d{1,2}s?"
    r"|sixth ?formers?)|parents?|mums?|dads?|carers?)"
)
SOMEBODY = (
    r"(?:(?:some|any|every)(?:body|one)'?s?|they|people|who ?ever|colleagues?|teachers?|staff|governors?|trolls?"
    rf"|ex|neighbours?|(?:mr|mrs|ms|miss|mx|dr) \w+|{PUPIL})"
)
THEM = (
    r"(?:me|us|him|her|them|my|our|the (?:school|head|trust|staff|teachers?|academy)|staff"
    r"|(?:mr|mrs|ms|miss|mx|dr) \w+)"
)
BAD = (
    r"(?:nasty|horrible|horrid|vile|rude|offensive|inappropriate|racist|sexist|homophobic|abusive|threatening|hateful"
    r"|disgusting|awful|defamatory|sexual|indecent|malicious|false|untrue)"
)
THINGS = (
    r"(?:posts?|tweets?|comments?|messages?|pictures?|photos?|videos?|things?|stuff|rumou?rs?|reviews?|lies|memes?)"
)
REACHES = (
    r"(?:add(?:ed|s|ing)?|follow(?:ed|s|ing)?|friend(?:ed|s)?|messag(?:ed|es|ing|e)|dm(?:'?d|ed|s|ing)?|snap(?:ped|s)?"
    r"|text(?:ed|s|ing)?|contact(?:ed|s|ing)?|request(?:ed)?|whats ?app(?:ed)?)"
)
ONLINE = r"(?:insta\w*|snap\w*|facebook|fb|tik ?tok|whatsapp|what(?:s| should| do| can))"
TRIES = r"(?:wants|asked|tried|trying) to (?:add|follow|friend|be friends|message|dm)"
GAP = r".{0,120}"
"""So far apart two words can still belong together; without a limit a long text takes minutes."""
CONTACT = (
    rf"(?i)\b{PUPIL}\b{GAP}?\b{REACHES}\s+(?:to )?me\b(?! (?:in|into|around|round|to|at|out|home|back)\b)"
    rf"|\bfriend requests?\b{GAP}\b(?:from|by)\b{GAP}\b{PUPIL}\b|\b{PUPIL}\b{GAP}\bfriend requests?\b"
    rf"|\b{PUPIL}\b{GAP}\b{TRIES}\b(?!{GAP} (?:the|our) school)"
    rf"|\b(?:dm|message|follow(?:er)?|snap)s?\b.{{0,15}}\bfrom (?:a|an|one of my|my|some) (?:\w+ )?{PUPIL}\b"
    rf"(?={GAP}\b{ONLINE}\b)"
)
"""A pupil, or a parent, who tries to make contact with a member of staff."""
PASSED = (
    r"(?:sent|send(?:s|ing)?|shar(?:e|es|ed|ing)|got|ask(?:ed|ing)?|leak(?:ed|ing)?|post(?:ed|ing)?|show(?:ed|n|ing)?"
    r"|pass(?:ed|ing)?|has|have|selling|swapping|found)"
)
IMAGERY = (
    rf"(?i)\b{PASSED}\b.{{0,40}}\b(?:nudes?|naked|sexual|indecent|topless)\b(?! stud)"
    r"|\bnudes?\b.{0,30}\b(?:go(?:es|ing) (?:a?round)|of (?:a|an|another|one|her|him|pupils?|students?)"
    r"|on (?:a|his|her|my) phone)"
    r"|\b(?:naked|indecent|topless) (?:picture|photo|image|video|selfie|pic)s?\b|\bsexting\b|\bsextort"
)
"""A picture that must not be looked at."""
ASKS = (
    r"(?:please |can i |could i |how (?:do|can) i |where (?:do|can) i |i (?:want|need|have|would like) to "
    r"|i'?d like to )"
)
WHAT = r"(?:a|an|this|that|it|something|someone|somebody|some|him|her|them|about|my|the|abuse|mr|mrs|ms|to you)"
ACCOUNT = r"(?:account|profile|page|group|insta\w*|facebook|tik ?tok|twitter)"
SUFFERED = r"(?:bullied|harassed|trolled|threatened|stalked|blackmailed|targeted)"
DOES = r"(?:bullying|harassing|trolling|threatening|stalking|blackmailing|mocking|insulting|abusing)"
TOLD = r"(?:posted|wrote|put|said|sent|shared|tweeted|saying|posting|writing|sharing|left)"
KIND = r"(?:lovely|nice|kind|lies|moaning|complaints?|rubbish)"
WORRY = (
    rf"(?i)^\W*{ASKS}?(?:report|complain)(?:\W*$| {WHAT}\b)"
    r"|\b(?:want|need|like|have|how) to report (?!on\b|back\b|for\b|in\b)|\breport (?:something|someone|somebody)\b"
    r"|\b(?:make|making|raise|raising) (?:a )?(?:complaint|concern|report)\b"
    r"|\bslag(?:ging|s|ged)?\b.{0,20}\boff\b|\bbad ?mouth\w*|\btrash(?:ing)? (?:us|me|our)\b"
    r"|\b(?:name|naming) and sham"
    rf"|\b(?:fake|spoof|parody|copycat|hate|impostor) (?:\w+ )?{ACCOUNT}\b"
    r"|\b(?:someone|somebody|they|account|page|profile)\b.{0,30}\bimpersonat|\bimpersonating\b"
    r"|\bpretend(?:s|ing)? to be (?:me|us|our|the)\b"
    rf"|\b(?:being|been|am|get|gets|getting|got|feel) (?:\w+ )?{SUFFERED}\b|\b{DOES} {THEM}\b"
    r"|\b(?:mocking|insulting|ridiculing|laughing at) (?:\w+ )?(?:teachers?|staff|colleagues?|pupils?|kids?)\b"
    rf"|\b{BAD} {THINGS}\b.{{0,40}}\b(?:about|on|to|from|of|by|against|in)\b"
    rf"|\b{TOLD}\b.{{0,25}}\b(?:{BAD}|lies|abuse)\b"
    rf"|\babusive\b|\bbeing (?:\w+ )?(?:{BAD}) (?:about|to|towards)\b"
    rf"|\b{SOMEBODY}\b(?: \w+){{0,3}}? {TOLD}(?: \w+){{0,3}}? {KIND}\b"
    r".{0,20}\babout (?:us|me|our|the (?:school|trust|head))\b"
    r"|\b(?:posted|put|shared|sharing|posting|uploaded)\b.{0,40}\b(?:on|to) (?:her|his|their|a) "
    r"(?:own|personal|private)\b"
    r"|\b(?:video|picture|photo|clip)s? of (?:me|my lesson|a fight|staff|teachers?)\b.{0,30}\b(?:on|online|going)\b"
    r"|\bbeing (?:filmed|recorded) (?:by|in)\b|\bwon'?t stop (?:messag|text|dm|comment)\w*"
    r"|\bgone? viral\b.{0,30}\babout (?:us|me)\b|\b(?:got|been|is|was) hacked\b"
)
"""Everything else that somebody wants to report, kind words about the school among it."""
TAUGHT = (
    r"(?:workshop|assembly|lesson|talk(?:ed)?|visit|poster|campaign|trip|book|play|drama|film|song|display"
    r"|exhibition)s?"
)
PROUD = (
    r"(?i)\banti-?\s?(?:bullying|abuse|racis\w+)"
    r"|\b(?:bullying|abuse|safety) (?:week|awareness|ambassadors?|policy|assembly|workshop|day)\b"
    rf"|\b{TAUGHT}\b.{{0,60}}\b(?:about|on|against)\b|\breport (?:cards?|evenings?|days?|writing)\b"
)
"""What is told with pride, in words that look like a worry."""
PLAINLY = r"(?i)\breport (?:a|this|something|some)"


def worries(said: str) -> bool:
    """Whether somebody writes of something that worries them, or was said about them; not of what they would post."""
    words = said.replace("’", "'")
    if re.search(PROUD, words) and not re.search(PLAINLY, words):
        return False
    return any(re.search(pattern, words) for pattern in (WORRY, CONTACT, IMAGERY))


def makes_contact(said: str) -> bool:
    """Whether a pupil or a parent made contact."""
    return re.search(CONTACT, said.replace("’", "'")) is not None


def has_imagery(said: str) -> bool:
    """Whether it may be about a picture that must not be looked at."""
    return re.search(IMAGERY, said) is not None
