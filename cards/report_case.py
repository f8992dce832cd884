"""What people read inside a report: its readers, its reporter, and whoever is asked to take something down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cards.action import Action, Verb
from cards.card import ChoiceField, Field, Form, Text, TextField
from cards.report import ABOUT, BY, IMAGES, Concern, Help, danger
from cards.report_history import Told
from cards.report_notice import handling
from cards.report_prompts import prompts
from cards.words import listed

STEPS = (
    ("acknowledge", "I have read it and will look into it"),
    ("note", "Note something"),
    ("ask", "Ask the reporter something"),
    ("removal", "Ask a colleague to take it down"),
    ("site", "Ask the site to take it down"),
    ("refer", "I have referred it (safeguarding, HR, police, designated officer)"),
    ("thank", "Thank whoever wrote it"),
    ("hand", "Hand it over to a colleague"),
    ("concerns", "It is about somebody else, too"),
    ("recuse", "It is about me, or I am involved: pass it on"),
    ("close", "Close it, and tell the reporter the words below"),
)
"""What somebody who reads a report can do."""
AGAIN = (("reopen", "Open it again"),)
"""The same once it is closed."""
EARLIER = ("earlier", "Show what happened before that")
OTHER = ("other", "Open the report before this one about the same address")
JOIN = ("join", "Close it and the others about this address: each reporter is told")
NEED_WORDS = {"note", "ask", "close", "join", "refer", "hand", "concerns", "reopen"}
"""Which of them need words."""


@dataclass(frozen=True, slots=True)
class MayRead:
    """Somebody who may read it, for which role or from whom it was handed to them, since when."""

    name: str
    role: str
    since: str
    granted_by: str = ""

    @property
    def line(self) -> str:
        """As part of a list."""
        why = self.role or (f"from {self.granted_by}" if self.granted_by else "")
        return f"{self.name} ({f'{why}, ' if why else ''}since {self.since})"


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a reader sees."""

    concern: Concern
    words: Mapping[str, Any]
    reporter: str
    may: Sequence[MayRead]
    history: Sequence[Told]
    earlier: int
    alike: int
    state: str
    about: Sequence[str]
    help_: Help | None = None
    files: Sequence[str] = ()


def reading(
    action: Action, seen: Reading, steps: Sequence[tuple[str, str]], errors: Mapping[str, str],
    typed: Mapping[str, str], done: bool = False,
) -> Form:
    """The confidential view of whoever may read it: who else may, what was said, what happened, what they do next.

    `done`: they have just done something, and it opens again with that in it.
    """
    may = "; ".join(each.line for each in seen.may)
    urgent = " · urgent" if seen.concern.urgent else ""
    fields: list[Field] = [
        *([Text("Done, and noted below.", "good")] if done else []),
        Text(f"Who may read this: {may}. Each reading is noted.", "quiet"),
        *([danger(seen.help_)] if seen.help_ else []),
        *([Text(IMAGES, "warning")] if seen.concern.images else []),
        Text(f"{seen.concern.title} ({seen.concern.clause}){urgent} · {seen.state}", "strong"),
        Text(str(seen.words.get("what", ""))),
        *(Text(each) for each in _facts(seen.words)),
        *([Text(f"Files that came with it: {listed(seen.files)}.")] if seen.files else []),
        *([Text(f"Staff whom it is about: {listed(seen.about)}. It never goes to them.")] if seen.about else []),
        Text(f"Reported by {seen.reporter}. {_naming(seen.words)}"),
    ]
    if seen.alike:
        other = "is another report" if seen.alike == 1 else f"are {seen.alike} other reports"
        fields.append(Text(f"There {other} about the same address that you may read, too.", "quiet"))
    if seen.earlier:
        fields.append(Text(f"More happened before this: {seen.earlier}.", "quiet"))
    fields += [Text(each.line, "quiet") for each in seen.history]
    if seen.state != handling("closed"):
        fields += [Text(each, "quiet") for each in prompts(seen.words, bool(seen.about))]
    fields += _deeds(steps, typed)
    return Form("Confidential", "Do it", action, tuple(fields), None, dict(errors), leave="Close", private=True)


def _deeds(steps: Sequence[tuple[str, str]], typed: Mapping[str, str]) -> list[Field]:
    chosen = (typed["step"],) if typed.get("step") in dict(steps) else ()
    fields: list[Field] = [
        ChoiceField("step", "What would you like to do?", tuple(steps), chosen),
        TextField("words", "What is to be noted, asked or told?", typed.get("words", ""), "", False, lines=True,
                  limit=2000),
    ]
    if AGAIN[0] in steps:
        return fields
    return [
        *fields,
        TextField("to", "Who? (to hand it over, or whom else it is about)", typed.get("to", ""), "A name or e-mail.",
                  False, limit=150),
        TextField("reason", "Closing it: why, and what was done", typed.get("reason", ""), "This stays here.", False,
                  lines=True, limit=2000),
    ]


def own(
    subject: str, version: int, words: Mapping[str, Any], state: str, history: Sequence[Told], may_add: bool,
    errors: Mapping[str, str], files: Sequence[Field] = (),
) -> Form:
    """The reporter's own view: what they said, what they are asked or told, and room to answer.

    `files`: those that went along, and whether there are more.
    """
    fields: list[Field] = [
        Text(state, "strong"), Text(str(words.get("what", ""))), *(Text(each) for each in _facts(words)),
        *files, *(Text(each.line) for each in history),
    ]
    if may_add:
        fields.append(TextField("words", "Your answer, or anything to add", "", "", False, lines=True, limit=2000))
    return Form("What you reported", "Send" if may_add else "Done", Action(Verb.ADD_TO_REPORT, subject, version),
                tuple(fields), None, dict(errors), leave="Close", private=True)


def _facts(words: Mapping[str, Any]) -> list[str]:
    about = dict(ABOUT).get(str(words.get("about", "")), "")
    by = dict(BY).get(str(words.get("by", "")), "")
    whom = words.get("whom", "")
    rows = (
        ("Where", words.get("where", "")), ("When", words.get("when", "")),
        ("Posted by", by), ("About", f"{about}: {whom}" if whom else about),
        ("At risk now", "yes, says the reporter" if words.get("risk") == "yes" else ""),
    )
    return [f"{label}: {said}" for label, said in rows if said]


def _naming(words: Mapping[str, Any]) -> str:
    if words.get("named") == "yes":
        return "They may be named to others."
    return "They are not to be named to anybody else."


def words_needed() -> str:
    """Nothing was written."""
    return "Please write it here."


def passed_on() -> str:
    """Something that was added."""
    return "Thank you. Whoever looks after it hears of it."


def nothing_done(state: str) -> str:
    """What was pressed in an old window does not suit how it stands."""
    return f"It is {'closed' if state == 'closed' else 'open'}, and nothing was changed."


def closed() -> str:
    """It is closed."""
    return "It is closed, and the reporter is told your words. You can still open it."


def joined(others: int) -> str:
    """It is closed, together with the others about the same address."""
    if not others:
        return closed()
    more = "The other report about the same address is" if others == 1 else f"The {others} others about it are"
    return f"It is closed. {more}, too, and everybody who reported it is told your words."


def moved_on() -> str:
    """A reader is concerned, and it moved on."""
    return "It has passed to the next in line, and you can no longer open it. Thank you for saying so."


def nobody_else() -> str:
    """A reader is concerned, and there is nobody else."""
    return (
        "Nobody else on the staff list could read it, so it is still with you, and it is noted that you are involved. "
        "Please ring your local authority's designated officer, or a governor, and decide nothing in it yourself."
    )


def ended_with_nobody() -> str:
    """Nobody is left who may read it."""
    return (
        "With them involved, nobody on the staff list may read it, you included. The reporter is told to ring the "
        "local authority's designated officer, or a governor. Please do so as well."
    )


def handed(name: str) -> str:
    """A reader handed it over."""
    return f"It is with {name} now, and you can no longer open it."


def not_to_them() -> str:
    """It cannot go to this person; why is not said."""
    return "It cannot go to them. Please choose somebody else."


def reported_it() -> str:
    """Whoever reported it cannot be hidden from it."""
    return "They reported it, so they know of it. You can note it instead."


def nobody_of_that_name() -> str:
    """Nobody was found."""
    return "I find nobody of that name on the staff list. Their e-mail address always works."
