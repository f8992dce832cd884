"""What people read of a report on its way. Cards and notices carry nothing of it; only a confidential form shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cards.action import Action, Verb
from cards.card import Button, Card, ChoiceField, Element, Field, Form, Text, TextField
from cards.words import listed

CONTACT = "pupil_contact"
"""The kind whose form is shorter."""
CONFIDENTIAL = (
    "It is confidential. I cannot promise that it is anonymous: whoever runs this chat can see that you wrote to me. "
    "What you write in the form is sealed, and opened only for those who are named here."
)
IMAGES = (
    "If it may be a sexual picture of a child: please look at nothing, copy nothing, save nothing and pass nothing on, "
    "not even to me. The law forbids it. Say in your own words what you know and where it is; nothing else is needed."
)
NO_FILES = "Words first. I ask for files once I know what it is about: of some kinds the law lets nobody keep any."
ONLY_WORDS = "I take words only."
ABOUT = (
    ("staff", "A member of staff"), ("pupil", "A pupil"), ("parent", "A parent or carer"), ("other", "Somebody else"),
    ("unknown", "I do not know"), ("nobody", "Nobody: it is praise, or about us"),
)
YES_NO = (("yes", "Yes"), ("no", "No"))
BY = (
    ("staff", "A member of staff"), ("pupil", "A pupil"), ("parent", "A parent or carer"), ("unknown", "I do not know"),
)
CHOICES = {"about": ABOUT, "risk": YES_NO, "named": YES_NO, "by": BY}
ADD_FILES = ("files", "Add a screenshot or another file first")
NEXT = (("send", "Send it to them"), ("change", "Change something first"), ("drop", "Throw it away"))


@dataclass(frozen=True, slots=True)
class Concern:
    """A kind of report, for the form."""

    id: str
    title: str
    text: str
    clause: str
    images: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class Help:
    """Whom to ring where somebody is at risk: the safeguarding leads, and (who, number, when) of the pack or nation."""

    leads: Sequence[str] = ()
    numbers: Sequence[tuple[str, str, str]] = ()


def danger(help_: Help) -> Text:
    """What stands first: whom to ring, and that the bot rings nobody."""
    who_ = f"your safeguarding lead, {listed(help_.leads)}," if help_.leads else "your safeguarding lead"
    first = f"If a child is in danger, ring 999 or {who_} now. I am not watched round the clock, and I ring nobody."
    lines = (f"{name}: {number}{f' ({when})' if when else ''}" for name, number, when in help_.numbers)
    return Text("\n".join([first, *lines]), "warning")


def advice(concern: Concern) -> list[Text]:
    """What to do at once about this kind."""
    first = [Text(IMAGES, "warning")] if concern.images else []
    return [*first, Text(f"{concern.title}: {concern.text} ({concern.clause}).", "strong")]


def invitation(help_: Help, meant: Concern | None = None, said: Sequence[str] = ()) -> Card:
    """Before the form: what it is, and what it is not. `meant`: what the words are about, with what to do at once.

    `said`: what became of files that came with them.
    """
    at_once: list[Element] = [*advice(meant)] if meant else []
    first = [*at_once, danger(help_)] if meant and meant.images else [danger(help_), *at_once]
    return Card("Report something", "not sent yet", "Report something that worries you, or that you saw about us", (
        *first, *(Text(each, "warning") for each in said),
        Text("Write it in the form, not here in the chat: I show who will read it before you send it.", "plain"),
        Text(CONFIDENTIAL, "quiet"),
    ), (
        Button("Write the report", Action(Verb.REPORT, arg=meant.id if meant else ""), "primary", private=True),
        Button("Not now", Action(Verb.HELP)),
    ))


def form(
    subject: str, version: int, concerns: Sequence[Concern], help_: Help, words: Mapping[str, Any],
    errors: Mapping[str, str], named: Concern | None = None, first: Sequence[str] = (),
) -> Form:
    """What was seen, where, and whom it is about. `named`: the kind that it was opened for. `first`: what is new."""
    def said(name: str) -> str:
        return str(words.get(name, ""))

    short = named is not None and named.id == CONTACT
    at_once = advice(named) if named else [Text(IMAGES, "quiet")] if any(c.images for c in concerns) else []
    which = ChoiceField("concern", "What is it about?", tuple((c.id, c.title) for c in concerns), _one(said("concern")))
    about = ChoiceField("about", "Whom is it about?", ABOUT, _one(said("about")))
    when = TextField("when", "When did you see it?", said("when"), "", False, limit=150)
    by = ChoiceField("by", "Who posted it, as far as you know?", BY, _one(said("by")), required=False)
    hint = ONLY_WORDS if named and named.images else NO_FILES
    around = "Nobody on the staff list whom you name here gets to see it. Several: with commas."
    fields: list[Field] = [
        *(Text(each, "warning") for each in first),
        *([*at_once, danger(help_)] if named and named.images else [danger(help_), *at_once]),
        *(() if short else (which,)),
        TextField("what", "What have you seen, in your own words?", said("what"), hint, lines=True),
        TextField("where", "Where? The address, or the site", said("where"), "I open no link.", False, limit=500),
        *(() if short else (when, by, about)),
        TextField("whom", "Their name, if you know it", said("whom"), "" if short else around, False, limit=300),
        ChoiceField("risk", "Is somebody at risk now?", YES_NO, _one(said("risk"))),
        ChoiceField("named", "May whoever reads it tell others that it came from you?", YES_NO, _one(said("named"))),
    ]
    action = Action(Verb.DRAFT_REPORT, subject, version, CONTACT if short else "")
    return Form("Report something", "Go on", action, tuple(fields), None, dict(errors), private=True)


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def review(
    subject: str, version: int, concern: Concern, readers: str, round_: Sequence[str], help_: Help | None,
    first: Sequence[Field], mentioned: Sequence[str], unnamed: bool, files: Sequence[Field] = (), may_add: bool = False,
) -> Form:
    """Who will read it, by name and role, before it is sent. `help_`: whom to ring, where somebody may be at risk.

    `mentioned`: whoever would read it, and is written of. `unnamed`: it may be about staff, and nobody is named.
    `first`: what is new since it was shown. `files`: what goes along. `may_add`: whether this kind takes any.
    """
    fields: list[Field] = [*first]
    if help_ is not None:
        fields.append(danger(help_))
    fields += [*([Text(IMAGES, "warning")] if concern.images else []), Text(f"Who reads this: {readers}.", "strong")]
    if round_:
        fields.append(Text(
            f"It is about {listed(round_)}: neither they, nor whoever stands in for them or works under them, get it "
            "or see that it exists."
        ))
    elif unnamed:
        fields.append(Text(
            "You have named nobody on the staff list. If it is about one of them, change it first and give their name: "
            "then it does not go to them.", "quiet"))
    if mentioned:
        fields.append(Text(
            f"You write of {listed(mentioned)}. If it is about them, change it first: give their name as whom it is "
            "about, and it does not go to them.", "warning"))
    fields += [
        Text(f"{concern.title} ({concern.clause}). {concern.text}.", "quiet"), Text(CONFIDENTIAL, "quiet"),
        *files, ChoiceField("next", "What now?", (NEXT[0], *((ADD_FILES,) if may_add else ()), *NEXT[1:]), ("send",)),
    ]
    return Form("Who reads it", "Go on", Action(Verb.SEND_REPORT, subject, version), tuple(fields), private=True)


def others_read() -> list[Field]:
    """It would go to other people than those who were shown."""
    return [Text("Who reads it has changed since I showed you. Please look once more.", "warning")]


def who(names: Sequence[str], role: str) -> str:
    """People with the role for which they hear it."""
    return f"{listed(names)} ({role})"


def sent(readers: str, hours: int) -> str:
    """It is on its way. `hours`: how soon it is to be read."""
    soon = "an hour" if hours == 1 else f"{hours} hours"
    return (
        f"Thank you. It is with {readers} now, to be read within {soon}. I tell you here when it was read and how it "
        "ends."
    )


def over(state_: str) -> str:
    """A draft that is none any more."""
    return "That was thrown away, and nothing of it is left." if state_ == "discarded" else "That is sent already."


def dropped() -> str:
    """Thrown away before it was sent."""
    return "I have thrown it away. Nobody has read it."


def nobody(administrators: Sequence[str]) -> str:
    """There is nobody left who could hear it."""
    tell = listed(administrators) or "whoever set me up"
    return (
        "Nobody on the staff list could read this without being involved themselves, so I did not take it, and kept "
        "nothing of it. Please ring your local authority's designated officer, or a governor you trust. "
        f"Tell {tell} only that a role is missing from the list."
    )


def locked() -> str:
    """Reports are not set up here."""
    return (
        "I can neither take nor open reports here: whoever set me up has given me no key to seal them with. "
        "Please tell your headteacher, or whoever is above them, in person."
    )


def many() -> str:
    """Somebody has sent many reports today."""
    return (
        "You have reported many things today, and they are with whoever reads them. So that none is overlooked, "
        "please speak to your headteacher or safeguarding lead in person about any more."
    )


def unseen() -> str:
    """No such thing, or not theirs: which of the two is not said."""
    return "I find nothing here that you could open."


PROBLEMS = {
    "concern": "Please choose.", "what": "Please say what you have seen.", "about": "Please choose.",
    "risk": "Please choose.", "named": "Please choose.",
}


def several(names: Sequence[str]) -> str:
    """A name that several members of staff have."""
    return f"Several people on the staff list are called {listed(names)}. Please give the e-mail address."


def unknown_staff(names: Sequence[str]) -> str:
    """A name that no member of staff has."""
    who_ = listed(names)
    return f"I do not find {who_} on the staff list. Check the spelling, or say that it is about somebody else."
