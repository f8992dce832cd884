"""The judge: what people did and were told, against what the database has and what lies on the platforms."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, select

from bench.crash import record
from bench.crash.story import Journal, Story
from bench.crash.town import Town
from cards import slack as slack_cards
from cards import teams as teams_cards
from cards.action import Verb
from cards.card import Card
from handlers.notices import Batch
from handlers.owed import SENT_AGAIN
from handlers.request import CARD
from storage import audit, uploads
from storage.database import Unit
from storage.files import FileStore
from storage.moment import Moment
from storage.outbox import MESSAGE, OUTBOX
from storage.request import DECISION, FILE
from storage.tables import Decision, Message, Outbox, Platform, StoredFile
from tests.fakes.slack_chat import buttons, words
from tests.fakes.teams_chat import cards, executes, texts

DECIDING = {Verb.APPROVE, Verb.REFUSE, Verb.REQUEST_CHANGES, Verb.TAKE_BACK}
MESSAGES = select(MESSAGE).where(MESSAGE.c.trust_id == bindparam("trust"))
DECISIONS = select(DECISION).where(DECISION.c.trust_id == bindparam("trust"))
BY_STATE = (
    select(OUTBOX.c.state, func.count())
    .where(OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.due_at <= bindparam("now", type_=Moment()))
    .group_by(OUTBOX.c.state)
)
TRIED = select(func.count()).where(OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.attempts > 0)
NEW = (
    select(OUTBOX.c.person_id, OUTBOX.c.card, OUTBOX.c.subject_id, func.count())
    .where(OUTBOX.c.trust_id == bindparam("trust"), OUTBOX.c.state == "sent", OUTBOX.c.message_id.is_(None))
    .group_by(OUTBOX.c.person_id, OUTBOX.c.card, OUTBOX.c.subject_id)
)
FILES = select(FILE).where(FILE.c.trust_id == bindparam("trust"))
Copy = tuple[str, tuple[str, ...]]
"""A card's words, and its buttons."""


@dataclass
class Verdict:
    """The figures of a run, and in words whatever should not be."""

    figures: dict[str, Any] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


def owed(u: Unit) -> int:
    """Notices that are due and not settled."""
    return _states(u).get("waiting", 0)


def _states(u: Unit) -> dict[str, int]:
    """How many of the notices that are due stand where."""
    return {row[0]: row[1] for row in u.run(BY_STATE, {"now": u.at})}


def judge(town: Town, journal: Journal) -> Verdict:
    """Everything, when nothing moves any more."""
    return town.looked(lambda u: _judged(u, town, journal))


def _judged(u: Unit, town: Town, journal: Journal) -> Verdict:
    told = Verdict()
    states = _states(u)
    lost = [each for story in journal.stories for each in _lost(u, story)]
    twice = [each for story in journal.stories for each in _twice(u, story)]
    stuck = [f"{story.token} {story.way}: {story.problem or 'not over'}" for story in journal.stories if not story.over]
    known = u.all(MESSAGES, Message)
    unsaid, wrong = _unsaid(u, town, known), [each for row in known for each in _wrong(u, town, row)]
    broken, gone = audit.verify(u), list(_gone(u, FileStore(town.files)))
    told.figures = {
        "requests": len(journal.stories), "acknowledged": journal.acknowledged, "repeated": journal.repeated,
        "found done": journal.found_done, "lost": len(lost), "done twice": len(twice),
        "decided twice": _decided_twice(u, journal), "notices owed": sum(states.values()),
        "delivered": states.get("sent", 0), "needless": states.get("needless", 0), "buried": states.get("buried", 0),
        "tried again": u.run(TRIED).scalar_one(), "not delivered": len(unsaid),
        "delivered twice": _unknown(town, known), "copies": len(known), "copies wrong": len(wrong),
        "shown again unchanged": town.slack.in_vain + town.microsoft.in_vain,
        "stuck": len(stuck) + states.get("waiting", 0), "pictures lost": len(gone), "audit whole": broken is None,
    }
    told.findings = [*lost, *twice, *stuck, *unsaid, *wrong, *gone, *([f"audit: row {broken}"] if broken else [])]
    return told


def _recorded(u: Unit, story: Story) -> Counter[str]:
    return Counter(record.acts(u, story.token))


def _lost(u: Unit, story: Story) -> Iterator[str]:
    """Acts that were acknowledged, and of which nothing is left."""
    for verb, times in (Counter(map(str, story.acts)) - _recorded(u, story)).items():
        yield f"{story.token} {story.way}: {verb} lost {times} times"


def _twice(u: Unit, story: Story) -> Iterator[str]:
    """Acts that were done more often than anybody did them."""
    asked = Counter([*map(str, story.acts), *([str(story.open)] if story.open else [])])
    for verb, times in (_recorded(u, story) - asked).items():
        yield f"{story.token} {story.way}: {verb} done {times} times too often"


def _decided_twice(u: Unit, journal: Journal) -> int:
    """Decisions beyond those that people made."""
    found = Counter(row.request_id for row in u.all(DECISIONS, Decision))
    twice = 0
    for story in journal.stories:
        made = sum(verb in DECIDING for verb in [*story.acts, story.open])
        twice += max(0, sum(found[each.id] for each in record.requests(u, story.token)) - made)
    return twice


def _unsaid(u: Unit, town: Town, known: Sequence[Message]) -> list[str]:
    """Notices that count as sent, and of which no message lies where it was sent."""
    lie = Counter((row.person_id, row.card, row.subject_id) for row in known if _shown(town, row) is not None)
    return [
        f"{card} about {subject} to {person}: {number} sent, {lie[person, card, subject]} there"
        for person, card, subject, number in u.run(NEW) if lie[person, card, subject] < number
    ]


def _unknown(town: Town, known: Sequence[Message]) -> int:
    """Messages about requests that lie on a platform, and that the database does not know: those were sent twice."""
    ours = {(row.channel, row.ref) for row in known}
    slack = {(channel, m.ts) for (channel, _), those in town.slack.about.items() for m in those if not m.only_for}
    teams = {(chat, name) for (chat, _), those in town.microsoft.about.items() for name in those}
    return len((slack | teams) - ours)


def _shown(town: Town, row: Message) -> Copy | None:
    """What a copy shows where it lies."""
    if row.platform == Platform.TEAMS:
        chat = town.microsoft.chats.get(row.channel)
        found = cards(chat.messages[row.ref]) if chat and row.ref in chat.messages else []
        return _of_teams(found[0]) if found else None
    blocks = next((m.blocks for m in town.slack.messages if (m.channel, m.ts) == (row.channel, row.ref)), None)
    return None if blocks is None else (words(blocks), tuple(b["text"]["text"] for b in buttons(blocks)))


def _of_teams(content: Any) -> Copy:
    return "\n".join(texts(content)), tuple(each["title"] for each in executes(content))


def _wrong(u: Unit, town: Town, row: Message) -> Iterator[str]:
    """A copy that does not show how its request stands now."""
    notice = Outbox(trust_id=row.trust_id, person_id=row.person_id, card=row.card, subject_id=row.subject_id,
                    message_id=row.id, due_at=u.at)
    built = Batch(u, [notice]).build(notice)
    if built is None:
        return
    shown, due = _shown(town, row), _drawn(u, town, row, built.card)
    # What was said to whoever pressed may stand above the card, until it changes again.
    right = shown is not None and shown[1] == due[1] and shown[0].endswith(due[0])
    if not right and not (row.card == CARD and shown == _outdated(u, town, row, notice)):
        yield f"a copy of {row.card} about {row.subject_id} to {row.person_id} shows {shown}, not {due}"


def _outdated(u: Unit, town: Town, row: Message, notice: Outbox) -> Copy | None:
    """What an older copy shows while a newer one waits for the same person."""
    notice.card = SENT_AGAIN
    built = Batch(u, [notice]).build(notice)
    return _drawn(u, town, row, built.card) if built else None


def _gone(u: Unit, files: FileStore) -> Iterator[str]:
    """Pictures that a row names, and that are not there, or not whole."""
    for row in u.all(FILES, StoredFile):
        for digest in (row.digest, row.thumb):
            try:
                whole = hashlib.sha256(files.get(digest)).hexdigest() == digest
            except FileNotFoundError:
                whole = False
            if not whole:
                yield f"picture {digest} is not there"


def _drawn(u: Unit, town: Town, row: Message, card: Card) -> Copy:
    pictures = card.pictures()
    if row.platform == Platform.TEAMS:
        files = FileStore(town.files)
        return _of_teams(teams_cards.card(card, {each.thumb: files.get(each.thumb) for each in pictures}))
    known = uploads.known(u, Platform.SLACK, row.team, {each.digest for each in pictures})
    blocks = slack_cards.say(card, known)["blocks"]
    return words(blocks), tuple(b["text"]["text"] for b in buttons(blocks))
