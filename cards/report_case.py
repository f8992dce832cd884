"""What people read inside a report: its readers, its reporter, and whoever is asked to take something down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cards.action import Action, Verb
from cards.card import ChoiceField, Field, Form, Text, TextField
from cards.report import ABOUT, IMAGES, Concern, handling
from cards.words import listed

PROMPTS = (
    "Be proportionate: what somebody believes, and says in their own time, is not yet a concern. "
    "Never name a teacher who is accused before there is a charge: it is an offence. "
    "Record a low-level concern with the reason and what was done."
)
REMOVAL = (
    "Please take it down within two days, and say so here. Whatever you think of it, please do not answer in the chat."
)
STEPS = (
    ("acknowledge", "I have read it and look after it"),
    ("note", "Note something"),
    ("ask", "Ask the reporter something"),
    ("removal", "Ask a colleague to take it down, or note that I asked the site"),
    ("refer", "Referred it (safeguarding, HR, police, designated officer)"),
    ("thank", "Thanked whoever wrote it"),
    ("hand", "Hand it over to a colleague"),
    ("concerns", "It concerns somebody else, too"),
    ("recuse", "I am concerned myself: pass it on"),
    ("close", "Close it: the words are told to the reporter"),
)
"""What somebody who reads a report can do."""
AGAIN = (("reopen", "Open it again"),)
"""The same once it is closed."""
EARLIER = ("earlier", "Show what happened before that")
DID = {
    "acknowledge": "read it and looks after it", "note": "noted", "ask": "asks", "answer": "answers",
    "removal": "asked for it to be taken down", "refer": "referred it", "thank": "thanked the author",
    "hand": "handed it over", "recuse": "passed it on, being concerned", "close": "closed it", "read": "read it",
    "removed": "has taken it down", "kept": "has not taken it down", "moved": "it went to the next in line",
    "concerns": "says that it concerns somebody else", "reason": "why, and what was done", "reopen": "opened it again",
    "stuck": "nobody is left who could read it", "recuse_failed": "is concerned, and nobody else could have it",
}
"""The same, as history."""
NEED_WORDS = {"note", "ask", "close", "refer", "hand", "removal", "concerns", "reopen"}
"""Which of them need words."""
MOST_TOLD, MOST_BYTES = 30, 6000
"""What of a history is shown at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as its reader may see it. `who` is empty for the bot, `to` for nobody."""

    when: str
    who: str
    what: str
    words: str
    to: str = ""

    @property
    def line(self) -> str:
        """As a sentence."""
        by, to = (f", {self.who}" if self.who else ""), f" ({self.to})" if self.to else ""
        return f"{self.when}{by}: {DID[self.what]}{to}{f' “{self.words}”' if self.words else ''}"


@dataclass(frozen=True, slots=True)
class MayRead:
    """Somebody who may read it, for which role (none: it was handed to them), since when."""

    name: str
    role: str
    since: str


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


def newest(history: Sequence[Told]) -> list[Told]:
    """As many of the last as one window shows well."""
    shown: list[Told] = []
    taken = 0
    for each in reversed(history):
        taken += len(each.line.encode())
        if shown and (taken > MOST_BYTES or len(shown) >= MOST_TOLD):
            break
        shown.insert(0, each)
    return shown


def reading(
    action: Action, seen: Reading, steps: Sequence[tuple[str, str]], errors: Mapping[str, str],
    typed: Mapping[str, str],
) -> Form:
    """The confidential view of whoever may read it: who else may, what was said, what happened, what they do next."""
    may = "; ".join(f"{m.name} ({f'{m.role}, ' if m.role else ''}since {m.since})" for m in seen.may)
    fields: list[Field] = [
        Text(f"Who may read this: {may}. Each reading is noted.", "quiet"),
        *([Text(IMAGES, "warning")] if seen.concern.images else []),
        Text(f"{seen.concern.title} ({seen.concern.clause}) · {seen.state}", "strong"),
        Text(str(seen.words.get("what", ""))),
        *(Text(each) for each in _facts(seen.words)),
        *([Text(f"On the staff list it concerns: {listed(seen.about)}. It never goes to them.")] if seen.about else []),
        Text(f"Reported by {seen.reporter}. {_naming(seen.words)}"),
    ]
    if seen.alike:
        other = "is another report" if seen.alike == 1 else f"are {seen.alike} other reports"
        fields.append(Text(f"There {other} about the same address that you may read, too.", "quiet"))
    if seen.earlier:
        fields.append(Text(f"More happened before this: {seen.earlier}.", "quiet"))
    fields += [Text(each.line, "quiet") for each in seen.history]
    if seen.state != handling("closed"):
        fields.append(Text(PROMPTS, "quiet"))
    fields += _deeds(steps, typed)
    return Form("Confidential", "Do it", action, tuple(fields), None, dict(errors), leave="Close", private=True)


def _deeds(steps: Sequence[tuple[str, str]], typed: Mapping[str, str]) -> list[Field]:
    chosen = (typed["step"],) if typed.get("step") in dict(steps) else ()
    fields: list[Field] = [
        ChoiceField("step", "What do you do?", tuple(steps), chosen),
        TextField("words", "What is to be noted, asked or told?", typed.get("words", ""), "", False, lines=True,
                  limit=2000),
    ]
    if AGAIN[0] in steps:
        return fields
    return [
        *fields,
        TextField("to", "Who? (to hand it over, to have it taken down, or whom else it concerns)", typed.get("to", ""),
                  "A name or e-mail. Who takes it down sees only your words, so say where.", False, limit=150),
        TextField("reason", "Closing it: why, and what was done", typed.get("reason", ""), "This stays here.", False,
                  lines=True, limit=2000),
    ]


def removal(subject: str, version: int, by: str, asked: str, errors: Mapping[str, str]) -> Form:
    """For somebody who is asked to take something down: the words of whoever asks, and nothing else."""
    fields: tuple[Field, ...] = (
        Text(f"{by} asks you:", "strong"), Text(asked), Text(REMOVAL, "quiet"),
        ChoiceField("done", "Is it down?", (("yes", "Yes, I have taken it down"), ("no", "No, and I say why below"))),
        TextField("words", "Anything to say to it?", "", "", False, lines=True, limit=2000),
    )
    return Form("Please take it down", "Send", Action(Verb.ADD_TO_REPORT, subject, version), fields, None,
                dict(errors), leave="Close", private=True)


def own(
    subject: str, version: int, words: Mapping[str, Any], state: str, history: Sequence[Told], may_add: bool,
    errors: Mapping[str, str],
) -> Form:
    """The reporter's own view: what they said, what they are asked or told, and room to answer."""
    fields: list[Field] = [
        Text(state, "strong"), Text(str(words.get("what", ""))), *(Text(each) for each in _facts(words)),
        *(Text(each.line) for each in history),
    ]
    if may_add:
        fields.append(TextField("words", "Your answer, or anything to add", "", "", True, lines=True, limit=2000))
    return Form("What you reported", "Send" if may_add else "Done", Action(Verb.ADD_TO_REPORT, subject, version),
                tuple(fields), None, dict(errors), leave="Close", private=True)


def _facts(words: Mapping[str, Any]) -> list[str]:
    about = dict(ABOUT).get(str(words.get("about", "")), "")
    whom = words.get("whom", "")
    rows = (
        ("Where", words.get("where", "")), ("When", words.get("when", "")),
        ("About", f"{about}: {whom}" if whom else about),
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


def moved_on() -> str:
    """A reader is concerned, and it moved on."""
    return "It has passed to the next in line, and you can no longer open it. Thank you for saying so."


def nobody_else() -> str:
    """A reader is concerned, and there is nobody else."""
    return (
        "Nobody else on the staff list could read it, so it is still with you, and it is noted that you are concerned. "
        "Please ring your local authority's designated officer, or a governor, and decide nothing in it yourself."
    )


def ended_with_nobody() -> str:
    """Nobody is left who may read it."""
    return (
        "With them concerned, nobody on the staff list may read it, you included. The reporter is told to ring the "
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
