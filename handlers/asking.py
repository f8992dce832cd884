"""Whoever decides is asked: when they hear of it, at work or at once; and when the clock looks whether they have."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers import hours
from handlers.chase import if_all_away
from handlers.owed import CARD, SENT_AGAIN, tell
from handlers.rules import chase
from handlers.rules.hours import always, days_later
from handlers.turn import Turn
from storage import asks, outbox, request
from storage.tables import Ask


def clock(t: Turn, go_live: datetime | None, asked: Sequence[Ask], school: int | None, urgent: bool) -> dict[str, Any]:
    """When a request that waits for these asks runs out, at its go-live time or after the pack's days; and its looks.

    `urgent`: its asker has said why it cannot wait.
    """
    days = t.pack.clocks_of(t.kind).expire_days
    due = go_live or days_later(hours.of(t.unit, school), t.event.at, days)
    return {"due_at": due, **first_look(t, asked, school, due, urgent)}


def first_look(t: Turn, asked: Sequence[Ask], school: int | None, due: datetime, urgent: bool) -> dict[str, Any]:
    """When the clock looks first: when whoever decides hears of it, where they are not at work; else to remind them."""
    asking = t.case.own if t.about else {t.viewer.id}
    found = [
        (ask, p) for ask in asked if ask.answered_by is None
        for p in asks.holders(t.unit, ask.role, ask.school_id, ask.person_id) if p.id not in asking
    ]
    at_work = [always(t.unit.zone)] if urgent or t.kind.urgent else hours.of_asks(t.unit, found, school)
    hear = min(chase.heard(each, t.event.at, due) for each in at_work)
    if hear > t.event.at:
        return {"nudge_at": hear, "nudges": chase.UNHEARD}
    return {"nudge_at": chase.due(t.pack.clocks_of(t.kind), 0, t.event.at, due, at_work), "nudges": 0}


def ask_step(t: Turn) -> None:
    """Owe the card to everybody whom the present step asks; their older copies give way to it."""
    case = request.afresh(t.unit, t.case)
    deciders = sorted(p.id for p in case.deciders if p.id is not None and p.id not in case.own)
    for person in deciders:
        outbox.outdate(t.unit, person, CARD, t.request.id, SENT_AGAIN)
    for person in deciders:
        tell(t.unit, case, person)
    if_all_away(t.unit, case)


def again(t: Turn, step: int) -> dict[str, Any]:
    """The same for a request that comes to this step, or back to it."""
    asked = [ask for ask in t.case.asks if ask.step == step]
    return clock(t, t.request.go_live_at, asked, t.request.school_id, bool(t.request.why_now))
