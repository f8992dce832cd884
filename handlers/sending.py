"""A wording on its way to whoever decides, whatever its kind: kept as a draft, sent, or kept for want of anybody."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from cards.next import nobody_decides
from cards.request import HERE
from handlers import reading, reading_round, routing, view
from handlers.answer import Answer, Coming, Show
from handlers.asking import ask_step, clock
from handlers.owed import CARD, tell_missing
from handlers.request import show, undo
from handlers.routing import Content
from handlers.turn import Turn
from storage import asks, audit, outbox, people, request
from storage.tables import State


def draft(t: Turn, content: Content) -> None:
    """Keep a new draft, and owe its card to the asker."""
    _new(t, content, routing.rows(routing.way(t, content)), _facts(t, content))
    outbox.show(t.unit, t.viewer.id, CARD, t.request.id)


def redraft(t: Turn, content: Content, kind: str) -> None:
    """The draft is one of this kind from now on, worded so."""
    request.change(t.unit, t.request, kind=kind)
    _rewrite(t, content, routing.rows(routing.way(t, content)), _facts(t, content))
    facts = {"kind": kind, "revision": t.request.revision, "digest": t.case.revision.digest}
    audit.append(t.unit, t.event.verb, t.viewer.id, t.request.id, **facts)
    outbox.replace(t.unit, t.request.id)


def submit(t: Turn, content: Content) -> Answer | None:
    """To whoever decides today. Nobody there: kept, and an administrator told.

    Kept as well until its asker has read what the policy wants read first.
    None, and nothing is changed, where it was sent before and the new wording would reach nobody.
    """
    if (not t.about or t.request.state == State.DRAFT) and (unread := _unread(t)):
        return _held(t, content, unread)
    stages = routing.way(t, content)
    anybody = routing.reaches(t, stages)
    if t.about and not anybody and t.request.state in (State.SUBMITTED, State.APPROVED):
        return None
    # A draft that cannot go stands at the step that is in its way: its card then speaks of that one.
    rows, moves = routing.rows(stages), {**_facts(t, content), "step": 0 if anybody else routing.stuck(t, stages)}
    if anybody:
        rows = [{**row, "open": row["step"] == 0, "since": t.event.at if row["step"] == 0 else None} for row in rows]
        first = asks.shaped_rows("", [row for row in rows if row["open"]])
        moves |= {"state": State.SUBMITTED, "submitted_at": t.event.at, "approved_digest": None, "why_now": "",
                  **clock(t, _go_live(content), first, moves["school_id"], urgent=False)}
    (_rewrite if t.about else _new)(t, content, rows, moves)
    if not anybody:
        return _kept(t)
    if t.case.publications:
        undo(t)
    return _sent(t)


def nobody(t: Turn, content: Content) -> str:
    """Why it cannot be sent so, whatever it was routed to before."""
    accounts = routing.accounts_of(t.unit, content)
    stages = routing.way(t, content)
    at = routing.stuck(t, stages)
    asked = asks.shaped_rows("", [{**row, "step": t.request.step} for row in routing.rows(stages[at : at + 1])])
    school = people.school(t.unit, routing.school_of(t, accounts))
    case = replace(t.case, asks=asked, holders={}, school=school)
    return nobody_decides(view.view(t.unit, case, t.viewer))


def _facts(t: Turn, content: Content) -> dict[str, Any]:
    """What a request is to note of its wording."""
    school = routing.school_of(t, routing.accounts_of(t.unit, content))
    return {"school_id": school, "go_live_at": _go_live(content)}


def _go_live(content: Content) -> datetime | None:
    return getattr(content, "go_live", None)


def _new(t: Turn, content: Content, rows: list[dict[str, Any]], moves: dict[str, Any]) -> None:
    """A new request, in the place of the message that it was asked in."""
    row, digest = content.row(), content.digest()
    t.about = request.create(
        t.unit, t.kind_name, people.trust(t.unit).pack_version, t.viewer.id, row, digest, rows, **moves)
    if t.request.state == State.DRAFT:  # what is sent at once has its entry from there
        facts = {"state": t.request.state, "digest": digest, "kind": t.request.kind}
        audit.append(t.unit, t.event.verb, t.viewer.id, t.request.id, **facts)
    if t.event.place and t.event.place.message:
        place = t.event.place
        there = (place.team, place.channel, place.message)
        outbox.adopt(t.unit, t.viewer.id, place.platform, there, CARD, t.request.id)


def _rewrite(t: Turn, content: Content, rows: list[dict[str, Any]], moves: dict[str, Any]) -> None:
    """The request moves, and has a new way and wording where they are others now."""
    old, digest = t.case.revision, content.digest()
    left = any(ask.passed_at and not people.if_serving(t.unit, ask.person_id or 0) for ask in t.case.asks)
    if asks.same(t.case.asks, rows) and not left:
        asks.restart(t.unit, t.case.asks, opened=any(row["open"] for row in rows))
    else:
        t.case.asks = asks.replace(t.unit, t.request.id, rows)
    if digest == old.digest:
        request.change(t.unit, t.request, **moves)
        return
    t.case.seen = old if t.request.submitted_at else None
    request.change(t.unit, t.request, **moves, revision=old.number + 1, editor_id=t.viewer.id,
                   sent_before=t.case.seen.number if t.case.seen else None)
    t.case.revision = request.add_revision(t.unit, t.request, content.row(), digest)


def _sent(t: Turn) -> Answer:
    """The approvers get the card anew, everybody else's copies change, and the record has it."""
    facts = {"state": t.request.state, "revision": t.request.revision, "digest": t.case.revision.digest}
    if t.kind.silent:
        facts["policy"] = "silent"
    audit.append(t.unit, t.event.verb, t.viewer.id, t.request.id, kind=t.request.kind, **facts)
    ask_step(t)
    outbox.replace(t.unit, t.request.id)
    outbox.show(t.unit, t.viewer.id, CARD, t.request.id)
    # Where no card was pressed there is none to change, and the outbox brings the first one.
    return show(t) if t.event.place and t.event.place.message else Coming(HERE)


def _unread(t: Turn) -> list[str]:
    """The documents that the asker has to confirm first, as the rows call them."""
    return [each.document for each in reading_round.missing(t.unit, t.kind_name, t.viewer.id)]


def _held(t: Turn, content: Content, unread: Sequence[str]) -> Answer:
    """The draft stays as it is worded; its asker sees what to read, and sends it then."""
    (_rewrite if t.about else _new)(t, content, routing.rows(routing.way(t, content)), _facts(t, content))
    audit.append(t.unit, "held", t.viewer.id, t.request.id, unread=len(unread))
    outbox.replace(t.unit, t.request.id)
    outbox.show(t.unit, t.viewer.id, CARD, t.request.id)
    return Show(reading.held(t.unit, t.viewer, t.kind.title, unread))


def _kept(t: Turn) -> Answer:
    """The draft stays; who looks after the staff list hears what is missing from it."""
    role = t.case.present[0].role if t.case.present else ""
    audit.append(t.unit, "no_decider", t.viewer.id, t.request.id, role=role)
    tell_missing(t.unit, t.request.id)
    outbox.replace(t.unit, t.request.id)
    outbox.show(t.unit, t.viewer.id, CARD, t.request.id)
    case = replace(request.afresh(t.unit, t.case), holders={})
    return show(t, nobody_decides(view.view(t.unit, case, t.viewer)))
