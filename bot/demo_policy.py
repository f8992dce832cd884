"""The sample trust's policy: invented, in force since a while, and read by everybody but one."""

from datetime import timedelta
from importlib.resources import files

from bot.demo import email
from handlers import policy_import, reading_round
from handlers.policy_import import Version
from handlers.reading_round import Wanted
from handlers.rules.policy.document import read
from storage import people, policy, reading
from storage.database import Unit

NAME = "policy.md"
AGE, REVIEW = timedelta(days=80), timedelta(days=1000)
NOT_YET = "costa"
"""Who has not confirmed it, so that one can see how that looks."""


def write(u: Unit) -> None:
    """The policy of the trust that the unit acts for, where it is not there yet; nobody is written to."""
    if policy.every(u):
        return
    document = read(NAME, (files("policies") / "sample" / NAME).read_bytes())
    since = u.today - AGE
    policy_import.store(u, policy_import.plan(u, document, Version("2", since, since + REVIEW)))
    for wanted in reading_round.wanted(u):
        _read(u, wanted)


def _read(u: Unit, wanted: Wanted) -> None:
    """Everybody was asked to read it, and all but one have."""
    week, late = u.today + timedelta(days=7), people.by_email(u, email(NOT_YET))
    staff = reading.unasked(u, wanted.document, wanted.digest, wanted.year)
    reading.ask(u, [{
        "person_id": person.id, "document": wanted.document, "digest": wanted.digest, "year": wanted.year,
        "version": wanted.version.label if wanted.version else wanted.address, "due_on": week, "remind_on": week,
    } for person in staff])
    for person in staff:
        asked = reading.asked_of(u, person.id or 0, wanted.document, wanted.digest)
        if asked is not None and late is not None and person.id != late.id:
            reading.confirm(u, asked, {})
