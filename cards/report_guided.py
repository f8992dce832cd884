"""The windows in which a reader of a report asks for something to be taken down, or thanks whoever was kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.action import Action
from cards.card import Field, Form, Text, TextField, WhenField
from cards.explain import count
from cards.report_sites import CEOP, HARMFUL, HELPLINE, IWF, Site

REMOVAL = "Please take this down: "
THANKS = "Thank you for your kind words about us. They were passed on to me, and did us good."
RULES = (
    (("pretend", "imperson", "fake", "spoof", "parody"), "against pretending to be somebody else"),
    (("racis", "homophob", "sexist", "hate", "antisemit", "islamophob"), "against hate"),
    (("threat", "kill", "hurt you", "stab"), "against threats"),
    (("photo", "picture", "video", "filmed", "phone number"), "against showing people without their consent"),
    (("logo", "crest", "copyright"), "against using what belongs to somebody else"),
)
"""What a report speaks of, and which of a site's rules that may break, the first that fits."""
ELSE = "against bullying and harassment"
OTHERS = (
    "Other rules that sites have: against pretending to be somebody else; hate; threats; showing people "
    "without their consent; using what belongs to somebody else; bullying. Which one fits is yours to say."
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, as which role, of which trust or school; what they ask about, and what is kept of it."""

    who: str
    role: str
    of: str
    where: str
    site: Site | None
    seen: str
    reported: str
    what: str
    kept: str


def rule(what: str) -> str:
    """Which of a site's rules this may break, as far as words can tell."""
    said = what.casefold()
    return next((told for words, told in RULES if any(each in said for each in words)), ELSE)


def facts(asking: Asking) -> str:
    """What a site wants to know, ready to be copied. The reporter is not in it, nor what they said."""
    role = f", {asking.role}" if asking.role else ""
    lines = (
        "Please take this down.",
        f"Address: {asking.where}" if asking.where else "Address: (please give it here)",
        f"On: {asking.site.name}" if asking.site else "",
        f"Seen: {asking.seen or f'before {asking.reported}'}",
        f"To the best of our knowledge it breaks your rule {rule(asking.what)}.",
        f"Asked by: {asking.who}{role}, {asking.of}",
        f"What we have kept: {asking.kept}.",
    )
    return "\n".join(line for line in lines if line)


def site(
    action: Action, asking: Asking, images: bool, child: bool, errors: Mapping[str, str], typed: Mapping[str, str]
) -> Form:
    """To ask the site: the facts to be copied, where its own page is, and who helps."""
    if images:
        said = TextField("words", "What was done about it?", typed.get("words", ""), "", lines=True, limit=2000)
        return _form("Ask the site", "Note it", action, (Text(IWF, "warning"), Text(HELPLINE), said), errors)
    page = asking.site
    there = f"{page.name} is asked here: {page.ask}" if page else "Most sites have “Report” beside each post."
    fields: tuple[Field, ...] = (
        Text("I send nothing to the site, and open nothing. Copy the words below into the site's own form.", "strong"),
        Text(there),
        TextField("words", "For the site", typed.get("words") or facts(asking), "Change whatever is not right.",
                  lines=True, limit=2000),
        Text(OTHERS, "quiet"), Text(HELPLINE), *((Text(CEOP),) if child else ()), Text(HARMFUL, "quiet"),
    )
    return _form("Ask the site", "I have asked it", action, fields, errors)


def removal(
    action: Action, where: str, zone: str, day: str, errors: Mapping[str, str], typed: Mapping[str, str]
) -> Form:
    """To ask a colleague: what, whom, by when."""
    fields: tuple[Field, ...] = (
        Text("They see your name and these words, and nothing else of the report.", "strong"),
        TextField("to", "Who is to take it down?", typed.get("to", ""), "A name or e-mail.", limit=150),
        TextField("words", "What do you ask them?", typed.get("words") or f"{REMOVAL}{where}".strip(),
                  "Say where it is.", lines=True, limit=2000),
        WhenField("by", "By which day?", zone, typed.get("by") or day,
                  "I remind them that morning. Where it is not done by the end of it, you hear.", True, True),
    )
    return _form("Ask to take it down", "Ask them", action, fields, errors)


def thanks(action: Action, errors: Mapping[str, str], typed: Mapping[str, str]) -> Form:
    """To thank whoever wrote something kind."""
    fields: tuple[Field, ...] = (
        Text("A colleague on the staff list hears it from me, with your name: these words, and nothing of the report. "
             "Anybody else you thank yourself: copy the words, and leave the name empty.", "strong"),
        TextField("words", "Your thanks", typed.get("words") or THANKS, "", lines=True, limit=2000),
        TextField("to", "Who wrote it, if they are on the staff list?", typed.get("to", ""), "A name or e-mail.", False,
                  limit=150),
    )
    return _form("Thank the author", "Thank them", action, fields, errors)


def _form(title: str, submit: str, action: Action, fields: tuple[Field, ...], errors: Mapping[str, str]) -> Form:
    return Form(title, submit, action, fields, None, dict(errors), leave="Leave it", private=True)


def kept(day: str, files: int) -> str:
    """What the trust holds of it, for the site."""
    more = f", and {count(files, 'file')} as we were given them" if files else ""
    return f"a confidential record of {day}{more}"


def past() -> str:
    """A day that is over."""
    return "Please choose today, or a day to come."
