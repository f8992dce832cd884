"""What people read about the files of a report: before they are given, while they are kept, when they are opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.action import Action, Verb
from cards.card import Button, Card, ChoiceField, ConfirmField, ExhibitShown, Field, FilesField, Form, Text
from cards.report_notice import ITEM
from cards.words import listed
from storage.tables import Platform

PREVIEWED = frozenset({Platform.TEAMS, Platform.CONSOLE})
"""Where a picture can be shown to one person, in a window that keeps nothing of it."""
MORE = "more"
CHAT = "chat"
"""The argument of files that came as a message, and not in a form."""
OPEN_FILES = ("files", "Open the files that came with it")
SHUT_FILES = ("shut", "Shut the files for everybody: one may be a sexual picture of a child")
ON_FILES = (OPEN_FILES, SHUT_FILES)
SHUT = (
    "Nobody opens the files here any more, you included; they stay sealed. Please copy nothing, pass nothing on and "
    "describe nothing, and tell the safeguarding lead now: they speak with the police, who say what becomes of them."
)
MOST_AT_ONCE = 4
NEVER = "If one may be a sexual picture of a child, do not add it or send it to me: go back, and say so in words."
NOT_TAKEN = (
    "I have not taken what you sent along, and kept nothing of it. Please write the report first: what it is about "
    "decides whether a file may be added."
)
REFUSED = (
    "I take no file with a report of this kind, by whichever way it comes, and have kept nothing of it: the law "
    "forbids that it is copied. Words are enough. Please leave the file where it is, and show it to nobody."
)
NOWHERE = (
    "I take words only here: whoever reads this could not open a file here without Slack keeping a copy. "
    "Please keep the screenshot; they may ask you to show it."
)
RULED_OUT = "These files are shut: they stay sealed, and I open none of them any more."
HAND_OUT = "You asked for a confidential file. It is handed out once, and it is noted that you saved it."
SAVE = "Save it"
ALTERED = "a file that cannot be opened any more, because it was altered"
LOST = "This file is not there any more, or was altered, so I cannot hand it out. It is noted that you asked for it."
LINK_SPENT = "This link has been used, or it is out of date. Please open the report again: it makes a new one."
WITHDRAWN = "I have deleted the picture, and the draft of a post that it was in. Nothing of them is kept."
KINDS = {
    "image/jpeg": "JPEG picture", "image/png": "PNG picture", "image/gif": "GIF picture", "image/webp": "WebP picture",
    "application/pdf": "PDF",
}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a report."""

    id: str
    name: str
    media_type: str
    size: int
    digest: str

    @property
    def line(self) -> str:
        """What it is, in a few words."""
        return f"{self.name} ({self.detail})" if self.digest else ALTERED

    @property
    def detail(self) -> str:
        """Its kind by its content, and its size."""
        size = f"{self.size / 1_000_000:.1f} MB" if self.size >= 100_000 else f"{max(1, self.size // 1000)} kB"
        return f"{KINDS.get(self.media_type, 'file')}, {size}"


def so_far(files: Sequence[Attached]) -> list[Field]:
    """What goes along, each to be taken out again."""
    if not files:
        return []
    options = tuple((each.id, each.line) for each in files)
    return [ChoiceField(
        "keep", "These files go along. Untick what should not.", options, tuple(each.id for each in files), "", False,
        several=True,
    )]


def own(files: Sequence[Attached], may_add: bool) -> list[Field]:
    """What went along, for its reporter; and whether there is more."""
    there: list[Field] = [Text(f"Files that went along: {listed(each.line for each in files)}.")] if files else []
    return [*there, *([ConfirmField(MORE, "I have a screenshot or another file to add")] if may_add else [])]


def thrown_away(count: int) -> list[Field]:
    """What was added before the kind became one that takes no file."""
    if not count:
        return []
    what = "the file that you had" if count == 1 else f"the {count} files that you had"
    return [Text(f"I have deleted {what} added: with a report of this kind I keep none.", "warning")]


def form(subject: str, version: int, files: Sequence[Attached], papers: bool, errors: Sequence[str] = ()) -> Form:
    """Room for files. What was wrong with others is said, and what was right is kept."""
    kinds = "JPEG, PNG, GIF or WebP pictures, and PDFs" if papers else "JPEG, PNG, GIF or WebP pictures"
    fields: list[Field] = [
        Text(NEVER, "warning"),
        Text("I seal each exactly as it is. Only those who may read the report can open it, and each time is noted."),
        *([Text(f"Sealed so far: {listed(each.line for each in files)}.", "strong")] if files else []),
        FilesField(
            "files", "Screenshots or documents", f"{kinds}, up to 10 MB each, {MOST_AT_ONCE} at a time.", MOST_AT_ONCE,
            papers,
        ),
    ]
    wrong = {"files": " ".join(errors)} if errors else {}
    return Form("Add files", "Go on", Action(Verb.ADD_EVIDENCE, subject, version), tuple(fields), None, wrong,
                private=True)


def came(subject: str, version: int, count: int, problems: Sequence[str], sent: bool) -> Card:
    """Files that came as a message: nothing of what they belong to is in it."""
    sealed = "One file is sealed." if count == 1 else f"{count} files are sealed."
    after = "It is with whoever looks after it." if sent else "What you wrote is not sent yet."
    said = [f"{sealed} {after}"] if count else []
    go = Button("Go on", Action(Verb.ADD_EVIDENCE, subject, version), "primary", private=True)
    return Card(ITEM, "", "You have a confidential item", tuple(Text(each) for each in (*said, *problems)),
                () if sent and count and not problems else (go,))


def added(count: int) -> str:
    """Files that were added to a report that is sent."""
    return f"Thank you. {'It is' if count == 1 else 'They are'} sealed, and whoever looks after it hears of it."


def bad(name: str, why: str) -> str:
    """Why a file is not taken, and what to do instead. Nothing else that was given is lost."""
    return {
        "empty": f"{name} is empty: it has no content that I could keep. Please save it again and add it once more.",
        "too large": f"{name} is larger than 10 MB. Please add a smaller copy, or a part of it.",
        "too many pixels": f"{name} has far more pixels than any screen: I leave it shut. Please add a smaller copy.",
        "locked": f"{name} is locked with a password, so nobody could read it here. Please add it without one.",
        "archive": f"{name} holds other files, and I open none of those. Please add pictures of what is in it.",
        "broken": f"{name} is damaged, and cannot be shown. Please save it again and add it once more.",
        "paper": f"{name} is a document, and I could show it to nobody here. Please add a screenshot of it.",
        "many": f"{name} is one too many: a report holds eight. Leave another one out first.",
        "far too many": f"{name} is not added: many files lie with what you reported. Say that there are more.",
    }.get(why, f"{name} is, whatever its name says, neither a picture nor a PDF. Please add a screenshot of it.")


def names(files: Sequence[Attached]) -> str:
    """The files, for the history of a report."""
    return ", ".join(each.line for each in files)


def opened(
    back: Action, files: Sequence[tuple[Attached, str]], previews: bool, minutes: int,
) -> Form:
    """The files of a report before a reader; each with where to save it, once, or nothing."""
    fields: list[Field] = [Text("Who opened which file, and when, is noted with the report.", "quiet")]
    if not previews:
        fields.append(Text(
            "I show no picture here: Slack would keep a copy, and its administrators could see it. Save the file "
            "instead, where only you can see it.", "quiet"))
    for each, url in files:
        if not each.digest:
            fields.append(Text(f"There is {ALTERED}.", "warning"))
            continue
        fields += [
            ExhibitShown(each.id, each.name, each.detail, url), Text(f"SHA-256 {each.digest}", "quiet"),
        ]
    if any(url for _, url in files):
        fields.append(Text(
            f"Each link opens in your browser, for you, once, within {minutes} minutes. Pass it on to nobody. What you "
            "save is the file as it was given, with all that is hidden in it, such as a place or a name.", "warning"))
    return Form("The files", "Back to the report", back, tuple(fields), None, {}, leave="Close", private=True)
