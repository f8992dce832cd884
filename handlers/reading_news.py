"""A new version is announced: what it changes since the one before it, clause by clause."""

from cards import reading_news as cards
from cards.card import Card
from cards.reading_news import Changed, News
from handlers import packs, policy_import, reading
from handlers.answer import Answer, Note, Replace, Show
from handlers.rules import reading as rules
from handlers.rules.policy.changes import Change, changes
from handlers.turn import Turn
from storage import policy
from storage import reading as storage
from storage.database import Unit
from storage.tables import PolicyVersion, Viewer

_changes: dict[tuple[str, str], list[Change]] = {}
"""What changed between two texts. A text never changes under its digest, so it is compared once."""
EXCERPT = 280
"""Letters of a clause in the message itself."""
PAGE, LETTERS = 8, 8000
"""Changes on a page of all of them, and their letters."""


def notice(u: Unit, subject: str, viewer: Viewer, again: bool) -> Card | None:
    """The announcement as its recipient is to see it; None where it says nothing new to them."""
    version = _version(u, subject)
    if version is None:
        return None
    rows = storage.open_for(u, viewer.id)
    own = next((each for each in rows if each.document == version.document and each.digest == version.digest), None)
    if own is None and not again:
        return None
    given = [each for each in storage.confirmed_by(u, viewer.id)
             if each.document == version.document and each.digest == version.digest]
    on = given[-1].at.astimezone(u.zone).date() if given and own is None else None
    paper = reading.papers(u, [own])[0] if own else None
    others = [each.name for each in reading.papers(u, [row for row in rows if row is not own])] if own else []
    return cards.news(_news(u, version, excerpt=True), u.today, paper, others, on)


def every_change(t: Turn) -> Answer:
    """All that a version changes, whole, page by page."""
    version = _version(t.unit, t.event.subject)
    if version is None:
        return Note(cards.GONE)
    new = _news(t.unit, version, excerpt=False)
    arg = t.event.arg
    start = int(arg) if arg.isascii() and arg.isdigit() and len(arg) < 6 else 0
    if start >= len(new.changes):
        start = 0
    shown: list[Changed] = []
    letters = 0
    for each in new.changes[start : start + PAGE]:
        letters += len(each.before) + len(each.after)
        if letters > LETTERS and shown:
            break
        shown.append(each)
    card = cards.every_change(new, shown, start)
    return Replace(card) if arg else Show(card)


def _version(u: Unit, subject: str) -> PolicyVersion | None:
    kind, _, number = subject.partition("-")
    return next((each for each in policy.every(u) if kind == "version" and str(each.id) == number), None)


def _news(u: Unit, version: PolicyVersion, *, excerpt: bool) -> News:
    """A version beside the one that it takes the place of: the last that was imported before it, and holds no later."""
    known = [each for each in policy.versions(u, version.document)
             if (each.id or 0) < (version.id or 0) and each.effective <= version.effective]
    before = known[0] if known else None
    found = [_changed(each, excerpt) for each in _compared(u, before, version)] if before else []
    name = version.document or packs.current(u).policy
    return News(version.id or 0, name, version.label, version.effective, version.reason,
                before.label if before else "", found)


def _compared(u: Unit, before: PolicyVersion, after: PolicyVersion) -> list[Change]:
    key = before.digest, after.digest
    if key not in _changes:
        old, new = (policy_import.clauses(policy.text(u, each)) for each in key)
        _changes[key] = changes(old, new)
    return _changes[key]


def _changed(each: Change, excerpt: bool) -> Changed:
    old, new = each.before, each.after
    clause = new or old
    assert clause is not None, "a change has a side"
    before, after = old.text if old else "", new.text if new else ""
    if each.what == "renumbered":
        before = after = ""
    elif excerpt:
        before, after = rules.differing(before, after, EXCERPT)
    return Changed(each.what, old.number if old else "", new.number if new else "", clause.heading, before, after)
