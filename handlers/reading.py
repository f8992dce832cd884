"""Reading the policy and confirming it: page by page, a box, perhaps three questions, and it is on the record."""

from collections.abc import Mapping, Sequence

from cards import reading as cards
from cards.card import Card, Form, Item
from cards.reading import Asked, Paper, Part
from handlers import packs, policy_import
from handlers.answer import Answer, Note, Open, Replace, Show
from handlers.reading_round import CALL, NEWS, SUBJECT
from handlers.rules import reading as rules
from handlers.rules.policy.clause import Clause
from handlers.rules.post import chosen_in, typed
from handlers.turn import Turn
from storage import audit, outbox, policy
from storage import reading as storage
from storage.database import Unit
from storage.tables import PolicyVersion, Reading, Viewer

_pages: dict[str, list[tuple[Clause, ...]]] = {}
"""The pages of every text that somebody has read. A text never changes under its digest."""


SHOWN_WHOLE = 240
"""Letters of a clause that is shown to whoever answers wrongly; a longer one is only named."""


def read(t: Turn) -> Answer:
    """The document, from its first page on; or where it lies, if the bot has no text of it."""
    row = _own(t)
    if row is None:
        return Note(cards.NOT_YOURS)
    if row.ended:
        return _over(t, row)
    paper = papers(t.unit, [row])[0]
    if not row.digest:
        return Show(cards.elsewhere(paper))
    pages = _paged(t.unit, row.digest)
    arg = t.event.arg
    number = min(int(arg), len(pages)) if arg.isascii() and arg.isdigit() and len(arg) < 5 else 1
    parts = [Part(each.number, each.heading, each.stem, each.text) for each in pages[max(number, 1) - 1]]
    shown = cards.page(paper, parts, max(number, 1), len(pages))
    return Replace(shown) if arg else Show(shown)


def confirm(t: Turn) -> Answer:
    """The form; with its answers, what is ticked is on the record. A wrong answer is shown why, and forgotten."""
    row = _own(t)
    if row is None:
        return Note(cards.NOT_YOURS)
    if row.ended:
        return _over(t, row)
    # What has a text of its own is opened by itself, and confirmed there.
    rows = [row, *(each for each in storage.open_for(t.unit, t.viewer.id) if each.id != row.id and not each.digest)]
    if not t.event.fields:
        return Open(_form(t, rows, [], {}, {}))
    ticked = [each.id or 0 for each in rows if typed(t.event.fields, cards.box(each.id or 0))]
    check = packs.current(t.unit).reading.check if not row.document else ()
    given = {i: chosen_in(t.event.fields, cards.answer(i)) for i in range(len(check))}
    errors = {} if row.id in ticked else {cards.box(row.id or 0): cards.TICK}
    for i in rules.not_right(check, given):
        wrong = _asked(t.unit, row)[i]
        errors[cards.answer(i)] = cards.not_right(wrong) if given[i] else cards.CHOOSE
    if errors:
        return Open(_form(t, rows, ticked, {i: said[0] for i, said in given.items() if said}, errors))
    return _confirmed(t, [each for each in rows if each.id in ticked], {str(i): said[0] for i, said in given.items()})


def items(u: Unit, viewer: Viewer) -> list[Item]:
    """What somebody has to read, as lines of what waits for them."""
    return [cards.item(each) for each in papers(u, storage.open_for(u, viewer.id))]


def called(u: Unit, viewer: Viewer, again: bool) -> Card | None:
    """All that somebody has to read; None where nothing is left, unless it takes an earlier message's place."""
    rows = storage.open_for(u, viewer.id)
    return cards.call(papers(u, rows)) if rows or again else None


def papers(u: Unit, rows: Sequence[Reading]) -> list[Paper]:
    """Readings as cards speak of them."""
    if not rows:
        return []
    title = packs.current(u).policy
    since = {(each.document, each.digest): each.effective for each in policy.every(u)}
    return [
        Paper(each.id or 0, each.document or title, each.version, each.due_on, each.due_on < u.today,
              "" if each.digest else each.version, since.get((each.document, each.digest)), bool(each.digest))
        for each in rows
    ]


def _confirmed(t: Turn, rows: Sequence[Reading], answers: Mapping[str, str]) -> Answer:
    u, done = t.unit, papers(t.unit, rows)
    for row in rows:
        said = answers if row is rows[0] else {}
        if storage.confirm(u, row, said):
            audit.append(u, t.event.verb, t.viewer.id, cards.subject(row.id or 0), document=row.document,
                         version=row.version, digest=row.digest, year=row.year)
        for version in _versions(u, row):
            outbox.outdate(u, t.viewer.id, NEWS, f"version-{version.id}", NEWS)
    outbox.outdate(u, t.viewer.id, CALL, SUBJECT, CALL)
    u.owes = True
    left = papers(u, storage.open_for(u, t.viewer.id))
    note = cards.now_send() if packs.current(u).reading.holds and not left else cards.THANKS
    return Replace(cards.done([each.full for each in done], u.today, left), note)


def _versions(u: Unit, row: Reading) -> list[PolicyVersion]:
    return [each for each in policy.versions(u, row.document) if each.digest == row.digest]


def _over(t: Turn, row: Reading) -> Answer:
    """An old button: what is to be read instead, if anything is."""
    newer = [each for each in storage.open_for(t.unit, t.viewer.id) if each.document == row.document]
    if newer:
        return Replace(cards.call(papers(t.unit, newer)), cards.REPLACED)
    return Note(cards.ALREADY if row.ended == "confirmed" else cards.DROPPED)


def _own(t: Turn) -> Reading | None:
    """The reading that the button names, if it is the presser's."""
    kind, _, number = t.event.subject.partition("-")
    if kind != "reading" or not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    row = storage.get(t.unit, int(number))
    return row if row and row.person_id == t.viewer.id else None


def _paged(u: Unit, digest: str) -> list[tuple[Clause, ...]]:
    if digest not in _pages:
        _pages[digest] = rules.pages(policy_import.clauses(policy.text(u, digest)))
    return _pages[digest]


def _asked(u: Unit, row: Reading) -> list[Asked]:
    """The pack's questions, which are on the policy."""
    check = packs.current(u).reading.check if not row.document else ()
    parts = [each for page in _paged(u, row.digest) for each in page] if check else []
    found = [(each, rules.said_there(parts, each.clause, SHOWN_WHOLE)) for each in check]
    return [Asked(each.question, each.options, each.look, each.clause, there.text if there else "")
            for each, there in found]


def _form(
    t: Turn, rows: Sequence[Reading], ticked: Sequence[int], given: Mapping[int, str], errors: Mapping[str, str],
) -> Form:
    return cards.form(papers(t.unit, rows), _asked(t.unit, rows[0]), ticked, given, errors)


def held(u: Unit, viewer: Viewer, kind: str, names: Sequence[str]) -> Card:
    """What has to be read before a request of a kind can be sent. `names`: the documents, as rows call them."""
    rows = [each for each in storage.open_for(u, viewer.id) if each.document in names]
    return cards.held(kind, packs.current(u).reading.clause, papers(u, rows))


