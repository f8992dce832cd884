"""Where a site is asked to take something down, and who in the United Kingdom helps. As of November 2026."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """A site: what it is called, the hosts that are its own, and its own page for asking."""

    name: str
    hosts: tuple[str, ...]
    ask: str


SITES = (
    Site("Facebook", ("facebook.com", "fb.com", "fb.watch"), "https://www.facebook.com/help/reportlinks"),
    Site("Instagram", ("instagram.com",), "https://help.instagram.com/165828726894770"),
    Site("Threads", ("threads.net", "threads.com"), "https://help.instagram.com/165828726894770"),
    Site("X", ("x.com", "twitter.com", "t.co"), "https://help.x.com/en/forms"),
    Site("TikTok", ("tiktok.com",), "https://www.tiktok.com/legal/report/feedback"),
    Site("YouTube", ("youtube.com", "youtu.be"), "https://support.google.com/youtube/answer/2802027"),
    Site("Snapchat", ("snapchat.com",), "https://help.snapchat.com/hc/en-us/requests/new"),
    Site("WhatsApp", ("whatsapp.com", "wa.me"), "https://www.whatsapp.com/contact/"),
    Site("LinkedIn", ("linkedin.com", "lnkd.in"), "https://www.linkedin.com/help/linkedin/answer/a1344213"),
    Site("Reddit", ("reddit.com", "redd.it"), "https://www.reddit.com/report"),
    Site("Discord", ("discord.com", "discord.gg"), "https://dis.gd/request"),
    Site("Wikipedia", ("wikipedia.org",), "https://en.wikipedia.org/wiki/Wikipedia:Contact_us"),
)
HELPLINE = (
    "The Professionals Online Safety Helpline (SWGfL) helps those who work with children, free of charge, and asks "
    "sites itself where they do not answer: 0344 381 4772, helpline@saferinternet.org.uk, Monday to Friday 10 to 4."
)
HARMFUL = "Anybody can ask Report Harmful Content for help with a site: https://reportharmfulcontent.com"
CEOP = (
    "An adult who approaches a child online in a sexual way, or tries to meet them: ring 999 where it is happening "
    "now, else tell CEOP, who are police: https://www.ceop.police.uk/Safety-Centre/"
)
IWF = (
    "Such a picture is not asked for here, and nothing of it is copied into a form. The safeguarding lead tells the "
    "police. Where it is on a public site, the Internet Watch Foundation has it removed by its address alone: "
    "https://report.iwf.org.uk"
)
NATIONAL = (
    ("The NSPCC helpline, for adults worried about a child", "0808 800 5000", ""),
    ("The council's children's services", "https://www.gov.uk/report-child-abuse-to-local-council", ""),
)
"""Who helps where a pack names nobody: who, how to reach them, when."""


def site_at(where: str) -> Site | None:
    """The site that an address is of; where there is none, the one that is named."""
    said = where.casefold()
    addresses = [each for each in said.split() if "." in each.strip(".,;:!?")]
    hosts = [(each.partition("//")[2] or each).partition("/")[0].partition("?")[0].partition(":")[0]
             for each in addresses]
    if hosts:
        return next((site for site in SITES for host in hosts if _is_of(host, site)), None)
    words = re.findall(r"\w+", said)
    return next((site for site in SITES if site.name.casefold() in words), None)


def _is_of(host: str, site: Site) -> bool:
    return any(host == own or host.endswith(f".{own}") for own in site.hosts)
