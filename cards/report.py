"""What people read of a report on its way. Cards and notices carry nothing of it; only a confidential form shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cards.action import Action, Verb
from cards.card import Button, Card, ChoiceField, Element, Field, Form, Item, Text, TextField
from cards.words import listed

CONTACT = "pupil_contact"
"""The kind whose form is shorter."""
ITEM = "Confidential item"
CONFIDENTIAL = (
    "It is confidential. Anonymous I cannot promise: whoever runs this chat can see that you wrote to me. "
    "What you write in the form is sealed, and opened only for those who are named here."
)
IMAGES = (
    "If it may be a sexual picture of a child: please look at nothing, copy nothing, save nothing and pass nothing on, "
    "not even to me. The law forbids it. Say in your own words what you know and where it is; nothing else is needed."
)
NO_FILES = "I take words only. Whoever reads this may ask you for more."
ONLY_WORDS = "I take words only."
ABOUT = (
    ("staff", "A member of staff"), ("pupil", "A pupil"), ("parent", "A parent or carer"), ("other", "Somebody else"),
    ("unknown", "I do not know"), ("nobody", "Nobody: it is praise, or about us"),
)
YES_NO = (("yes", "Yes"), ("no", "No"))
CHOICES = {"about": ABOUT, "risk": YES_NO, "named": YES_NO}
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


def danger(leads: Sequence[str]) -> Text:
    """What stands first: whom to ring, and that the bot rings nobody."""
    who_ = f"your safeguarding lead, {listed(leads)}," if leads else "your safeguarding lead"
    return Text(
        f"If a child is in danger, ring 999 or {who_} now. I am not watched round the clock, and I ring nobody.",
        "warning",
    )


def advice(concern: Concern) -> list[Text]:
    """What to do at once about this kind."""
    first = [Text(IMAGES, "warning")] if concern.images else []
    return [*first, Text(f"{concern.title}: {concern.text} ({concern.clause}).", "strong")]


def invitation(leads: Sequence[str], meant: Concern | None = None) -> Card:
    """Before the form: what it is, and what it is not. `meant`: what the words are about, with what to do at once."""
    at_once: list[Element] = [*advice(meant)] if meant else []
    first = [*at_once, danger(leads)] if meant and meant.images else [danger(leads), *at_once]
    return Card("Report something", "not sent yet", "Report something that worries you, or that you saw about us", (
        *first,
        Text("Write it in the form, not here in the chat: I show who will read it before you send it.", "plain"),
        Text(CONFIDENTIAL, "quiet"),
    ), (
        Button("Write the report", Action(Verb.REPORT, arg=meant.id if meant else ""), "primary", private=True),
        Button("Not now", Action(Verb.HELP)),
    ))


def form(
    subject: str, version: int, concerns: Sequence[Concern], leads: Sequence[str], words: Mapping[str, Any],
    errors: Mapping[str, str], named: Concern | None = None,
) -> Form:
    """What was seen, where, and whom it is about. `named`: the kind that it was opened for."""
    def said(name: str) -> str:
        return str(words.get(name, ""))

    short = named is not None and named.id == CONTACT
    at_once = advice(named) if named else [Text(IMAGES, "quiet")] if any(c.images for c in concerns) else []
    which = ChoiceField("concern", "What is it about?", tuple((c.id, c.title) for c in concerns), _one(said("concern")))
    about = ChoiceField("about", "Whom is it about?", ABOUT, _one(said("about")))
    when = TextField("when", "When did you see it?", said("when"), "", False, limit=150)
    hint = ONLY_WORDS if named and named.images else NO_FILES
    around = "It goes round anybody on the staff list whom you name. Several: with commas."
    fields: list[Field] = [
        *([*at_once, danger(leads)] if named and named.images else [danger(leads), *at_once]),
        *(() if short else (which,)),
        TextField("what", "What have you seen, in your own words?", said("what"), hint, lines=True),
        TextField("where", "Where? The address, or the site", said("where"), "I open no link.", False, limit=500),
        *(() if short else (when, about)),
        TextField("whom", "Their name, if you know it", said("whom"), "" if short else around, False, limit=300),
        ChoiceField("risk", "Is somebody at risk now?", YES_NO, _one(said("risk"))),
        ChoiceField("named", "May whoever reads it tell others that it came from you?", YES_NO, _one(said("named"))),
    ]
    action = Action(Verb.DRAFT_REPORT, subject, version, CONTACT if short else "")
    return Form("Report something", "Go on", action, tuple(fields), None, dict(errors), private=True)


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def review(
    subject: str, version: int, concern: Concern, readers: str, round_: Sequence[str], leads: Sequence[str] | None,
    changed: bool, mentioned: Sequence[str], unnamed: bool,
) -> Form:
    """Who will read it, by name and role, before it is sent. `leads`: whom to ring, where somebody may be at risk.

    `mentioned`: whoever would read it, and is written of. `unnamed`: it may be about staff, and nobody is named.
    """
    fields: list[Field] = []
    if changed:
        fields.append(Text("Who reads it has changed since I showed you. Please look once more.", "warning"))
    if leads is not None:
        fields.append(danger(leads))
    fields += [*([Text(IMAGES, "warning")] if concern.images else []), Text(f"Who reads this: {readers}.", "strong")]
    if round_:
        fields.append(Text(
            f"It is about {listed(round_)}, so it goes round them, and round whoever stands in for them or works under "
            "them. Nothing that they can see shows that it exists."
        ))
    elif unnamed:
        fields.append(Text(
            "You have named nobody on the staff list. If it is about one of them, change it first and give their name: "
            "then it goes round them.", "quiet"))
    if mentioned:
        fields.append(Text(
            f"You write of {listed(mentioned)}. If it is about them, change it first: give their name as whom it is "
            "about, and it goes round them.", "warning"))
    fields += [
        Text(f"{concern.title} ({concern.clause}). {concern.text}.", "quiet"), Text(CONFIDENTIAL, "quiet"),
        ChoiceField("next", "What now?", NEXT, ("send",)),
    ]
    return Form("Who reads it", "Go on", Action(Verb.SEND_REPORT, subject, version), tuple(fields), private=True)


def who(names: Sequence[str], role: str) -> str:
    """People with the role for which they hear it."""
    return f"{listed(names)} ({role})"


def sent(readers: str) -> str:
    """It is on its way."""
    return f"Thank you. It is with {readers} now, and I tell you here when it was read and how it ends."


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
        "Nobody on the staff list could read this without being concerned themselves, so I did not take it, and kept "
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


def item(report_id: str, version: int, line_: str) -> Card:
    """A notice: nothing of the report is in it."""
    return Card(ITEM, "", "You have a confidential item", (Text(line_),), (
        Button("Open", Action(Verb.READ_REPORT, report_id, version), "primary", private=True),
    ))


LINES = {
    "report_new": "You have a confidential item.",
    "report_question": "You have a question on something you sent.",
    "report_answer": "There is something new on a confidential item.",
    "report_read": "What you sent has been read.",
    "report_closed": "Something you sent is closed.",
    "report_open": "Something you sent is looked at once more.",
    "report_stuck": (
        "Nobody on the staff list can look after something you sent any more. Please ring your local authority's "
        "designated officer, or a governor you trust."
    ),
    "report_removal": "You are asked for something in confidence.",
    "report_late": "A confidential item still waits for you.",
}
"""What each notice says: never what it is about."""
FOR_REPORTER = {"report_question", "report_read", "report_closed", "report_open", "report_stuck"}
"""Those for whoever sent it."""


def line(report_id: str, what: str, detail: str) -> Item:
    """A report in a list of its own reporter or reader."""
    return Item(what, detail, Button("Open", Action(Verb.READ_REPORT, report_id), private=True))


def state(name: str) -> str:
    """Where a report stands, for its reporter."""
    return {
        "sent": "Sent, not read yet.", "acknowledged": "Somebody looks after it.", "closed": "Closed.",
    }.get(name, "Not sent.")


def handling(name: str) -> str:
    """Where a report stands, for whoever may read it."""
    return {"sent": "not read yet", "closed": "closed"}.get(name, "being looked after")


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
