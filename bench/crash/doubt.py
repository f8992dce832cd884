"""Whether the judge can find anything: after a run without fault each kind of damage is done, and has to be told."""

import json
from collections.abc import Callable
from itertools import chain

from sqlalchemy import delete, insert, select, text, update

from bench.crash.judge import Verdict, judge
from bench.crash.runs import told_in_calm
from bench.crash.story import Journal
from bench.crash.town import Town
from cards.action import Verb
from storage.audit import AUDIT
from storage.database import Unit
from storage.outbox import MESSAGE, OUTBOX
from storage.request import DECISION, FILE

Damage = Callable[[Town, Journal], None]


def _rows(work: Callable[[Unit], object]) -> Damage:
    return lambda town, _journal: town.looked(work) and None


def _another_decision(u: Unit) -> object:
    found = u.across(select(DECISION).limit(1)).mappings().one()
    return u.across(insert(DECISION).values({**{k: v for k, v in found.items() if k != "id"}, "version": 99}))


def _altered(u: Unit) -> object:
    """Not even the database stands in its way any more."""
    u.across(text("DROP TRIGGER audit_is_kept"))
    return u.across(update(AUDIT).where(AUDIT.c.seq == 3).values(verb="approve"))


def _picture(town: Town, _journal: Journal) -> None:
    digest = town.looked(lambda u: u.across(select(FILE.c.digest).limit(1)).scalar_one())
    (town.files / digest[:2] / digest).unlink()


def _other_words(town: Town, _journal: Journal) -> None:
    one = select(MESSAGE.c.channel, MESSAGE.c.ref).where(MESSAGE.c.platform == "slack", MESSAGE.c.card == "request")
    at = town.looked(lambda u: u.across(one.limit(1)).one())
    message = next(m for m in town.slack.messages if (m.channel, m.ts) == tuple(at))
    message.blocks = json.loads(json.dumps(message.blocks).replace("Brilliant", "Dreary"))


def _sent_again(town: Town, _journal: Journal) -> None:
    message = next(chain.from_iterable(town.slack.about.values()))
    town.slack.keep(message.channel, message.text, message.blocks)


def _forgotten(town: Town, _journal: Journal) -> None:
    town.looked(lambda u: u.across(delete(MESSAGE).where(MESSAGE.c.id.not_in(
        select(OUTBOX.c.message_id).where(OUTBOX.c.message_id.is_not(None))), MESSAGE.c.card == "news")))


def _acts(change: Callable[[list[Verb]], object]) -> Damage:
    return lambda _town, journal: change(journal.stories[0].acts) and None


WAITS = update(OUTBOX).where(OUTBOX.c.id == 1).values(state="waiting")
DAMAGES: dict[str, tuple[str, Damage]] = {
    "an act that nobody recorded": ("lost", _acts(lambda acts: acts.append(Verb.DONE))),
    "an act that nobody did": ("done twice", _acts(lambda acts: acts.remove(Verb.SAVE))),
    "a second decision": ("decided twice", _rows(_another_decision)),
    "a notice that is owed": ("stuck", _rows(lambda u: u.across(WAITS))),
    "a notice that nobody has": ("not delivered", _forgotten),
    "a message of which nobody knows": ("delivered twice", _sent_again),
    "a card with other words": ("copies wrong", _other_words),
    "a picture that is gone": ("pictures lost", _picture),
    "a record that was altered": ("audit whole", _rows(_altered)),
}
"""What is done, and the figure that has to show it."""


async def doubt(seed: int) -> Verdict:
    """Each damage in turn."""
    async with told_in_calm("sqlite", seed, 12) as (town, telling):
        before = judge(town, telling.journal).figures
        unseen = []
        for name, (figure, damage) in DAMAGES.items():
            damage(town, telling.journal)
            after = judge(town, telling.journal).figures
            if after[figure] == before[figure]:
                unseen.append(f"the judge does not see {name}")
            before = after
        told = len(telling.journal.stories)
        return Verdict({"requests": told, "damages": len(DAMAGES), "unseen": len(unseen)}, unseen)
