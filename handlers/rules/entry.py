"""Who may do what with an entry of a register: everybody looks, its owner and the register's keepers change it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from cards.action import Verb
from handlers.rules import words
from handlers.rules.rights import Allowed, Reason, Refused, has_task
from storage.tables import Book, Entry, Person, Task, Viewer

REVIEW = "review"
LEAVER = "leaver"
DELETE = "delete"
OFFERED = (Verb.KEEP, Verb.DELETED, Verb.USED, Verb.CHANGE_ENTRY, Verb.HAND_OVER, Verb.CLOSE_ENTRY)
"""What an entry's card may have buttons for."""
SOON = timedelta(days=1)
"""What is asked about tomorrow can be answered today."""
YES = Allowed()
SITES = ("Facebook", "Instagram", "LinkedIn", "YouTube", "TikTok", "Threads", "Bluesky", "WhatsApp", "Snapchat",
         "Mastodon", "X")
SPELT = {each.casefold(): each for each in SITES} | {"twitter": "X", "x (twitter)": "X", "x/twitter": "X"}
SECRET = re.compile(
    r"pass\W?(?:word|code|phrase|wort|wd)|\bpwd\b|\bp/?w\b|\bpass\s*[:=]|\b(?:pin|key|code)\s*[:=]|\bpin\b.{0,9}\d{4}"
    # One word of letters, figures and a sign that no name has: Summer2026!
    r"|(?<!\S)(?=\S*[A-Za-z])(?=\S*\d)(?=\S*[!$%^*#?~])[^\s@]{8,}(?!\S)",
    re.IGNORECASE,
)
"""What looks like a password itself, where an entry says who holds it."""


def may(viewer: Viewer, verb: Verb, entry: Entry, tasks: Sequence[Task], keepers: Sequence[str]) -> Allowed | Refused:
    """Whether `viewer` may do `verb` to the entry as it stands. Unknown is refused."""
    if verb == Verb.ENTRY:
        return YES if sees(viewer, entry, tasks, keepers) else Refused(Reason.UNSEEN)
    if verb == Verb.SAVE_ENTRY:
        verb = Verb.CHANGE_ENTRY
    if verb not in OFFERED:
        return Refused(Reason.UNKNOWN)
    if not cares(viewer, entry, tasks, keepers):
        return Refused(Reason.NOT_KEEPER)
    return YES if not entry.closed and _fits(viewer, verb, entry, tasks) else Refused(Reason.NOT_NOW)


def sees(viewer: Viewer, entry: Entry, tasks: Sequence[Task], keepers: Sequence[str]) -> bool:
    """Accounts and sites are everybody's to look up; a device or a permission concerns whose it is, and the keepers."""
    return entry.book in (Book.ACCOUNT, Book.SITE) or cares(viewer, entry, tasks, keepers)


def sight(viewer: Viewer, book: Book, keepers: Sequence[str]) -> tuple[bool, frozenset[int]]:
    """`sees` for a whole register: whether all of it is theirs to look up, and else of which schools besides their own.

    Whoever has a task with an entry finds that among what waits.
    """
    kept = [role.school_id for role in viewer.roles if role.role in keepers]
    return book in (Book.ACCOUNT, Book.SITE) or None in kept, frozenset(each for each in kept if each is not None)


def cares(viewer: Viewer, entry: Entry, tasks: Sequence[Task], keepers: Sequence[str]) -> bool:
    """Its owner, its deputy, a keeper of this school's or the trust's registers, or whoever has a task with it."""
    if viewer.id in (entry.owner_id, entry.deputy_id):
        return True
    return keeps(viewer, entry, keepers) or any(has_task(viewer, task) for task in tasks)


def keeps(viewer: Viewer, entry: Entry, keepers: Sequence[str]) -> bool:
    """Whether they keep the register that this entry stands in."""
    return any(role.role in keepers and role.school_id in (None, entry.school_id) for role in viewer.roles)


def open_tasks(tasks: Sequence[Task], what: str) -> list[Task]:
    """The tasks of this sort that are still to do."""
    return [task for task in tasks if task.what == what and task.done_at is None]


def near(tasks: Iterable[Task], at: datetime) -> list[Task]:
    """Without what is only planned: a device that is to be used next month is not asked about yet."""
    return [task for task in tasks if task.since <= at + SOON]


def leaves(owner: Person, today: date) -> bool:
    """Whether the owner's last day has come: what they answer for needs somebody else."""
    return owner.last_day is not None and owner.last_day <= today


@lru_cache(2000)
def platform(typed: str) -> str:
    """A platform as the registers spell it, however somebody put it; unknown ones as they were put."""
    plain, named = typed.strip(), words.sites(typed)
    known = SPELT.get(plain.casefold())
    return known or (SPELT.get(named[0], plain) if len(named) == 1 else plain)


def approved(name: str, standing: Iterable[str]) -> bool:
    """Whether a platform is among those that stand approved."""
    return platform(name).casefold() in {platform(each).casefold() for each in standing}


def over(entry: Entry, today: date) -> bool:
    """Whether it was granted until a day that has passed."""
    return entry.until is not None and entry.until < today


def _fits(viewer: Viewer, verb: Verb, entry: Entry, tasks: Sequence[Task]) -> bool:
    own_device = entry.book == Book.DEVICE and viewer.id == entry.owner_id
    if verb == Verb.KEEP:
        return bool(open_tasks(tasks, REVIEW))
    if verb == Verb.DELETED:
        return own_device and bool(open_tasks(tasks, DELETE))
    if verb == Verb.USED:
        return own_device and not entry.pending and not open_tasks(tasks, DELETE)
    if verb == Verb.HAND_OVER:
        return entry.book in (Book.ACCOUNT, Book.SITE)
    return verb != Verb.CHANGE_ENTRY or entry.book != Book.PERMISSION
