"""What somebody's sentence is about: every kind of request that it may mean, the likeliest first."""

import re

GREETING = (
    r"^\W*(?:(?:hi+|hiya|hello|hey|please|pls|plz|sorry|thanks|dear|all|team|both|there|just|so|um|(?:good\s+)?morning"
    r"|(?:good\s+)?afternoon|(?:a\s+)?(?:quick|another|silly)\s+(?:one|question|q|thing)|(?:just\s+)?checking"
    r"|just\s+wondering|wondering|to\s+bother(?:\s+you)?)\b[\s,!.:–-]*)*"
)
SITE = (
    r"(?:facebook|fb|insta(?:gram)?|ig|twitter|x(?= (?:account|page|profile|feed)\b)|(?<=\bon )x|tik ?tok|you ?tube"
    r"|linked ?in|threads|bluesky|snap ?chat|whats ?app|discord|telegram|pinterest|reddit|twitch|mastodon|bereal)"
)
TOOL = r"(?:padlet|canva|kahoot|quizlet|seesaw|class ?dojo|flipgrid|edmodo|showbie|wordpress|substack|vimeo|zoom)"
PRESS = (
    r"\b(?:(?:news)?papers?|press|media|journalists?|reporters?|bbc|itv|sky news|radio(?: station)?|tv|television"
    r"|magazines?|gazette|echo|chronicle|guardian|daily mail|mirror|bloggers?|news (?:desk|crew|team))\b"
)
CONTACT = (
    r"\b(?:rang|rung|rings|ringing|call(?:s|ed|ing)?|phon(?:ed|es|ing)|on the phone|ask(?:s|ed|ing)?"
    r"|e-?mail(?:s|ed|ing)?|wants?|would like|contact(?:s|ed|ing)?|wrote|writes|writing|messag(?:es|ed|ing)"
    r"|turned up|outside|at the gates?|approach(?:es|ed)|in touch|looking for|chasing|enquir(?:y|es|ing)"
    r"|quotes?|comment|interview(?:s|ing)?|been on)\b"
)
ABOUT = (
    r"(?:on|onto|to|for|from|in|about|with|that|posts?|posting|tweets?|reels?|stor(?:y|ies)|photos?|pictures?"
    r"|videos?|comments?|logo|advice|permission|help|admin|owner|of)"
)
GAP = rf"(?:[^\w'&-]+(?!{ABOUT}\b)[\w'&-]+){{0,5}}?\W+"
"""A few words between two, as long as they do not turn to something else."""
PLACE = rf"\b(?:accounts?|pages?|channels?|groups?|blogs?|profiles?|feeds?|podcasts?|socials|{SITE})\b"
NEW = r"\b(?:new|start(?:ing)?|set ?up|setting up|creat(?:e|ing)|launch(?:ing)?|open(?:ing)?|mak(?:e|ing)|add)"
WISH = (
    r"\b(?:(?:can|could|may|might|should|shall|to|also) (?:\w+ ){0,4}?have|(?:can|could|to|we) get|needs?|wants?|wanted"
    r"|want(?:s|ing)? (?:our|their) own|(?:would|'?d) (?:really )?(?:like|love)|could do with)"
)
PEOPLE = (
    r"\b(?:colleagues?|teachers?|pupils?|students?|child|children|kids?|parents?|carers?|suppliers?|staff|governors?"
    r"|somebody|someone|teammates?|head|(?:mr|mrs|ms|miss|mx|dr) \w+)\b"
)
DEVICE = r"\b(?:phone|camera|i?pad|tablet|mobile|device|iphone|gopro|drone|laptop)s?\b(?! (?:number|no\b))"
OWN = r"\b(?:my|own|personal|our)\b[^.]{0,20}"
TAKES = r"\b(?:photos?|pictures?|pics?|film(?:ing)?|videos?|trip|camera|shoot|take|snaps|use)\b"
DETAILS = r"\b(?:e-?mail(?: address)?|phone|numbers?|mobile|contact details|details|telephone)\b"

PATTERNS: dict[str, str] = {
    "media_enquiry": (
        rf"{PRESS}.{{0,60}}{CONTACT}"
        rf"|\b(?:asked|contacted|rung|called|approached|emailed|messaged|phoned|call|email|message|enquiry|request"
        rf"|letter|someone|somebody|woman|man|lady|bloke|dm)\b.{{0,30}}\b(?:by|from|at|with)\b.{{0,20}}{PRESS}"
        r"|\b(?:asked|asks|asking|wants?|wanted)\b.{0,30}\bfor (?:a |my |our )?"
        r"(?:comments?|quote|statement|interview)\b"
        rf"|\b(?:media|press) (?:enquiry|inquiry|request)|\binterview\b.{{0,30}}\b(?:with|for|on|by)\b.{{0,15}}{PRESS}"
    ),
    "reminder": (
        r"(?<!a )(?<!me )(?<!send )\breminders?\b(?! (?:me|for me))|\ba reminder\b.*\b(?:to|for)\b.*\b(?:parents|carers"
        r"|famil(?:y|ies)|everyone|year)\b"
        r"|\b(?:send|put out|issue|get)\b.*\breminder\b.*\b(?:parents|carers|families)\b"
        r"|\bremind (?:\w+ ){0,3}(?:parents|carers|families|mums)\b"
        r"|\b(?:message|notice|note) (?:for|to) (?:the |all |our )?(?:parents|carers|families)\b"
        r"|\blet (?:the |all )?(?:parents|carers|families) know\b|\btell (?:the |all )?(?:parents|carers|families)\b"
    ),
    "profile_exception": (
        rf"\b(?:my|own|personal)\b[^.]{{0,20}}{DETAILS}.*\b(?:profile|page|account|bio|group)\b"
        rf"|\b(?:profile|page|account|bio)\b.*\b(?:my|own|personal)\b[^.]{{0,20}}{DETAILS}"
    ),
    "device": (
        rf"{OWN}{DEVICE}.*{TAKES}|{TAKES}.*{OWN}{DEVICE}|\b(?:own|personal) (?:\w+ )?{DEVICE}"
        rf"|\b(?:film|record|photograph)\w*\b.{{0,30}}\b(?:on|with) an? {DEVICE}"
    ),
    "open_comments": (
        r"\b(?:open(?:ing)?|allow(?:ing)?|enabl(?:e|ing)|turn(?:ing)? on|switch(?:ing)? on|public)\b"
        r".{0,40}\bcomments?\b"
        r"|\b(?:turn|switch)(?:ing)?\b.{0,25}\bcomments?\b.{0,20}\bon\b"
        r"|\bcomments?\b.{0,20}\b(?:open|public|be on|\w+ed on)\b"
        r"|\b(?:let|can|could|may)\b.{0,40}\b(?:people|parents|public|anyone|everyone|followers|pupils)\b"
        r".{0,15}\b(?:comment|reply)\b"
    ),
    "declaration": (
        r"\b(?:my|personal|private)\b(?! class).{0,25}\b(?:blogs?|blogging|vlogs?|podcast|channel|website)\b"
        r"|(?<!can )(?<!could )(?<!may )\bi(?:'ve)? (?:also )?(?:have|run|write|keep|got|started|do)\b"
        r".{0,25}\b(?:blogs?|vlogs?|podcast|channel|website)\b"
        r"|\bblogs?\b.*\b(?:says?|work here|work for|employer|mine)\b|\bi(?: also)? (?:blog|vlog)\b"
        r"|\b(?:pa(?:y|id|ys|ying)|money|sponsor(?:ed|ship)?|fee)\b"
        r".*\b(?:blog\w*|posts?|posting|vlog|write|review|articles?)\b"
        r"|\bsponsor(?:ed|ship)\b|\bconflict of interests?\b|\bdeclar(?:e|ation|ing)\b"
    ),
    "brand": (
        r"\b(?:logos?|crest|(?:school|trust)'?s? (?:badge|name)|slogan|brand|branding|letterhead|strapline|motto)\b"
    ),
    "person_mention": (
        rf"\b(?:mention(?:ing)?|write about|name(?! of)|tag(?:ging)?|posts? about|talk about|quot(?:e|ing)"
        rf"|(?:photos?|pictures?|pics?|selfie) (?:of|with)|thank)\b.{{0,40}}{PEOPLE}"
        r"|\b(?:can|may|could|ok to|okay to|allowed to)\b.{0,10}\btag\b"
        r"|\b(?:child(?:ren)?|pupils?|students?|kids?|staff)'?s? (?:first |full |sur)?names?\b"
    ),
    "spokesperson": (
        r"\b(?:speak|talk|write|comment|answer|reply|say something|post) (?:for|on behalf of) (?:the |our )"
        r"|\bspeak(?:ing)? on behalf|\bon behalf of (?:the |our )?(?:school|trust|academy)|\bspokes\w+"
        r"|\brepresent(?:ing)? (?:the |our )?(?:school|trust|academy)|\bspeak for us\b"
    ),
    "account": (
        rf"{NEW}{GAP}{PLACE}|{WISH}{GAP}{PLACE}"
        rf"|(?<!this )(?<!that )(?<!it )\b(?:be|go|get|join|live) on(?:to)? {SITE}\b"
    ),
    "site": (
        rf"\b(?:use|using|try(?:ing)?|join(?:ing)?|sign(?:ing)? (?:\w+ )?up (?:for|to|with)|download|install){GAP}"
        rf"\b(?:apps?|platforms?|sites?|websites?|tools?|networks?|{TOOL}|{SITE})\b"
        r"(?!\W+(?:page|account|group|profile|feed|channel))"
        rf"|{NEW}{GAP}\b{TOOL}\b|\b(?:is|are|would) (?:{SITE}|{TOOL})\b.{{0,12}}\b(?:ok|okay|fine|safe|all ?right)\b"
        r"|\bnew (?:\w+ )?(?:app|platform|site|tool|network)\b"
        r"|\b(?:app|platform|site|tool)\b.{0,20}\b(?:called|named)\b"
    ),
    "post": (
        r"\b(?:here'?s|this is) (?:a|an|my|the|our) (?:\w+ )?(?:post|tweet|story)\b"
        r"|\b(?:(?:to|can i|can we|could i|could we|may i|may we|shall we|let'?s|please|like to|and) )"
        r"(?:post|tweet|share|publish|upload)\b"
        rf"|\b(?:put|get|stick|pop)\b.{{1,40}}\b(?:on|onto|up on|out on)\b.{{0,25}}{PLACE}"
        rf"|\b(?:this|that|it|these)\b.{{0,10}}\bgo (?:up |out )?on\b.{{0,20}}{PLACE}"
        r"|\b(?:write|make|create|do|put (?:up|out)|draft|schedule)(?:\W+\w+){0,3}?\W+(?:posts?|tweets?|reels?|story)\b"
    ),
}
"""How people put each kind of request."""
LEFT_OVER: dict[str, str] = {
    "account": (
        rf"\b{SITE} (?:account|page|channel|group)s? for\b"
        rf"|^\W*(?:a |an |the |our )?(?:\w+ ){{0,2}}{PLACE} for (?:the |our |my |a )?\w+|\b(?:class|club|school) blog\b"
    ),
    "advice": (
        r"\bis (?:it|this|that) (?:ok|okay|all ?right|alright|fine|allowed|safe)\b|\bnot sure (?:if|whether|about)\b"
        r"|\bam i allowed\b|\bare we allowed\b|\bwould it be (?:ok|okay|all ?right|alright|fine)\b"
        r"|\bwhat (?:should|do|can) (?:i|we) (?:do|say)\b|\bcan i check\b|\bunsure\b"
        r"|\bcan (?:i|we) (?:reply|respond|answer)\b"
    ),
}
"""Looked for where nothing of `PATTERNS` fits."""
ADVICE = r"\badvi[cs]e\b|\bconfidential\b|\bcopyright\w*\b|\bsecond opinion\b"
PRAISE = (
    r"\b(?:well done|congrat\w*|so proud|brilliant|amazing|fantastic|wonderful|thank you to|huge thanks|what a (?:great"
    r"|lovely|brilliant|fantastic|wonderful|super)|super proud|shout ?out)\b"
)
BEATS: dict[str, frozenset[str]] = {
    "media_enquiry": frozenset({"person_mention", "open_comments", "spokesperson", "post", "site", "account"}),
    "reminder": frozenset({"post", "person_mention", "account"}),
    "profile_exception": frozenset({"device", "account", "post", "declaration"}),
    "device": frozenset({"site", "post", "person_mention", "account", "profile_exception"}),
    "open_comments": frozenset({"account", "post", "person_mention"}),
    "declaration": frozenset({"site", "spokesperson"}),
    "person_mention": frozenset({"post"}),
    "spokesperson": frozenset({"post"}),
    "account": frozenset({"site"}),
    "site": frozenset({"post"}),
}
"""A kind that fits takes these along: they fit its words by chance."""
BEGINNING = 600
MASKS = (
    (r"\bsocial media\b|\bsocials\b", "socials"), (r"\bbrand new\b", "new"), (r"[’‘]", "'"),
    (r"\b(?:exam|question|mock|white|past|revision|maths|english) papers?\b|\bpaper cop(?:y|ies)\b", "sheet"),
    (r"\b(?:school|student|pupil|class|our|house|college)s?'? (?:news)?(?:paper|magazine|radio|tv|press)\b", "club"),
    (r"\b(?:newspaper|radio|media|magazine|press|journalism) (?:club|team|studies|group|day|project|class)\b", "club"),
    (r"\bname and shame\b", "shame"), (r"\bopen (?:day|evening|morning)\b", "visit"),
)
NAMES = {
    "fb": "Facebook", "insta": "Instagram", "ig": "Instagram", "twitter": "X", "tiktok": "TikTok", "youtube": "YouTube",
    "linkedin": "LinkedIn", "whatsapp": "WhatsApp", "classdojo": "ClassDojo",
}
WORDS = frozenset((
    "account", "accounts", "advice", "allowed", "behalf", "branding", "camera", "channel", "colleague", "comment",
    "comments", "confidential", "conflict", "copyright", "declaration", "declare", "enquiry", "facebook", "group",
    "instagram", "interest", "interview", "journalist", "linkedin", "logo", "mention", "mobile", "newspaper", "paper",
    "parents", "permission", "personal", "phone", "photos", "pictures", "platform", "podcast", "profile", "register",
    "remind", "reminder", "reporter", "represent", "slogan", "snapchat", "spokesperson", "tiktok", "twitter", "website",
    "whatsapp", "youtube",
))
REAL = frozenset((
    "advise", "cameras", "channels", "colleagues", "commend", "declared", "groups", "grout", "interviews", "logos",
    "mentions", "mobiles", "pager", "papers", "parent", "patents", "pauper", "payer", "persona", "phoned", "phones",
    "phony", "photo", "picture", "pictured", "piper", "prone", "remainder", "reminded", "reminders", "reminds",
    "reported", "reporters", "rewind", "websites",
))
"""Words that are near another one, and are meant as they stand."""


def kinds(said: str) -> tuple[str, ...]:
    """The kinds of request that it may be about, the likeliest first, posts last; none where nothing fits."""
    words = re.sub(GREETING, "", plainly(said))
    if re.search(ADVICE, words):
        return ("advice",)
    found = _fitting(PATTERNS, words)
    if re.search(PRAISE, words) and len(words.split()) > 4 and "post" not in found:
        found.append("post")
    beaten = {each for name in found for each in BEATS.get(name, ())}
    return tuple(name for name in found if name not in beaten) or tuple(_fitting(LEFT_OVER, words))[:1]


def place(said: str) -> str:
    """The site or app that is named; nothing where none is."""
    found = re.search(rf"\b(?:{SITE}|{TOOL})\b", plainly(said))
    return NAMES.get(found[0].replace(" ", ""), found[0].capitalize()) if found else ""


def plainly(said: str) -> str:
    """The words in small letters, spelled as they are meant, without what only looks like something.

    Not more than the beginning: whatever somebody wants, it is said by then.
    """
    words = re.sub(r"[^\W\d_]+", lambda found: _spelled(found[0]), said[:BEGINNING].lower())
    for mask, instead in MASKS:
        words = re.sub(mask, instead, words)
    return words


def _fitting(patterns: dict[str, str], words: str) -> list[str]:
    return [name for name, pattern in patterns.items() if re.search(pattern, words)]


def _spelled(word: str) -> str:
    """The word of ours that is one slip away, for words that are none themselves."""
    if len(word) < 5 or word in WORDS or word in REAL:
        return word
    return next((known for known in sorted(WORDS) if _one_slip(word, known)), word)


def _one_slip(typed: str, meant: str) -> bool:
    """One letter too many, too few, another or exchanged; never the first."""
    if typed[0] != meant[0] or abs(len(typed) - len(meant)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    rest, wanted = typed[at:], meant[at:]
    return rest[1:] == wanted or rest == wanted[1:] or rest[1:] == wanted[1:] or (
        rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:])
