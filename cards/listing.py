"""What people read when they look something up in a register: whether there is such a thing, and a page of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.action import Action, Verb
from cards.card import Button, Card, Element, Item, Text
from cards.entry import BOOKS, label, subject
from cards.words import cut, listed, site
from storage.tables import Book, Entry

TITLES = {
    Book.ACCOUNT: "Accounts", Book.SITE: "Approved sites", Book.DEVICE: "Devices", Book.PERMISSION: "Permissions",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a register. `about`: the site that was asked about. `own`: only the reader's own is meant.

    `lines`: entries with who answers for each, `start` of `total`. `there`: there are accounts on that site; `here`:
    also at the reader's `school`. `standing`: what the policy itself approves, with the clause; `approved`: whether
    the site is; `ruled`: whether the policy wants sites approved at all.
    """

    book: Book
    about: str
    own: bool
    lines: Sequence[tuple[Entry, str]]
    start: int
    total: int
    there: bool
    here: bool
    school: str
    standing: Sequence[tuple[str, str]]
    approved: bool
    ruled: bool


def page(shown: Page) -> Card:
    """The answer in a sentence where something was asked, then the entries, then what one can do about it."""
    title = f"Your {TITLES[shown.book].lower()}" if shown.own else TITLES[shown.book]
    said = _said(shown)
    elements: list[Element] = [Text(said, "strong")] if said else []
    elements += [line(entry, who) for entry, who in shown.lines]
    if shown.book == Book.SITE and shown.standing:
        named = listed(f"{name} ({clause})" for name, clause in shown.standing)
        elements.append(Text(f"Approved by the policy itself: {named}.", "quiet"))
    if not elements:
        elements.append(Text(_none(shown)))
    last = shown.start + len(shown.lines)
    state = f"{shown.start + 1} to {last} of {shown.total}" if shown.total > len(shown.lines) else ""
    return Card(title, state, said or title, tuple(elements), _buttons(shown, last))


def line(entry: Entry, who: str) -> Item:
    """An entry as one line of a list. `who` answers for it; empty: nobody who is still there."""
    state = " · being set up" if entry.pending else ""
    runs = "run by " if entry.book == Book.ACCOUNT else ""
    return Item(cut(label(entry), 140), f"{runs}{who or 'nobody at present'}{state}",
                Button("Open", Action(Verb.ENTRY, subject(entry))))


def waits(entry: Entry, since: str) -> Item:
    """An entry as one line of what waits for somebody."""
    return Item(cut(label(entry), 140), f"{BOOKS[entry.book]} to look at, {since}",
                Button("Open", Action(Verb.ENTRY, subject(entry))))


def _buttons(shown: Page, last: int) -> tuple[Button, ...]:
    about = shown.about or ("mine" if shown.own else "")
    more = Button("Show more", Action(Verb.REGISTER, arg=f"{shown.book} {last} {about}".strip()))
    return (*((more,) if last < shown.total else ()), *_ask_for(shown))


def _ask_for(shown: Page) -> list[Button]:
    """What is missing can be asked for; a site that is not approved comes before an account on it."""
    site_ = Button("Ask to approve the site" if shown.about else "Ask for a new site",
                   Action(Verb.REQUEST, arg=f"site {shown.about}".strip()))
    account = Button("Ask for an account" if shown.about and not shown.here else "Ask for a new account",
                     Action(Verb.REQUEST, arg=f"account {'' if shown.here else shown.about}".strip()))
    if shown.book == Book.SITE:
        return [] if shown.about and shown.approved else [site_]
    if shown.book != Book.ACCOUNT:
        return []
    missing = shown.about and not shown.here and shown.ruled and not shown.approved
    return [site_, account] if missing else [account]


def _said(shown: Page) -> str:
    """Yes or no, where one site was asked about."""
    if not shown.about or shown.book not in (Book.ACCOUNT, Book.SITE):
        return ""
    name = site(shown.about)
    if shown.book == Book.SITE:
        return f"Yes, {name} is approved." if shown.approved else f"No, {name} is not on the list of approved sites."
    if shown.there and shown.here:
        return f"Yes, {shown.school} is on {name}."
    stands = "" if shown.approved or not shown.ruled else f" {name} is not on the list of approved sites."
    if shown.there:
        return f"{shown.school} is not on {name}.{stands} Here is who is:"
    rest = " These are the accounts:" if shown.lines else ""
    return f"No, there is no {name} account.{stands}{rest}"


def _none(shown: Page) -> str:
    whose = "You have" if shown.own else "There is"
    return {
        Book.ACCOUNT: "There are no official accounts on the register yet.",
        Book.SITE: "No site has been approved yet.",
        Book.DEVICE: f"{whose} no device on the register.",
        Book.PERMISSION: f"{whose} no permission on the register.",
    }[shown.book]
