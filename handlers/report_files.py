"""Files for a report: given by its reporter, opened by its readers, handed out once where somebody saves one."""

import secrets
from datetime import datetime, timedelta

from cards import report as said
from cards import report_case as case_cards
from cards import report_evidence as cards
from cards.action import Action, Verb
from handlers import report_evidence as ground
from handlers.answer import Answer, Note, Open, Show
from handlers.report import LONGEST, review_again
from handlers.report_desk import may_read, opened, tell_readers
from handlers.turn import Turn
from storage import evidence, inbox, people
from storage import report as reports
from storage.database import Unit
from storage.evidence import Exhibit
from storage.report import ReportCase
from storage.tables import Report, ReportState
from storage.vault import Unreadable

LASTS = timedelta(minutes=10)
"""How long a link waits for its reader."""
ADDED, SEEN, SAVED = "files", "opened", "saved"
"""What the history calls what happened with a file."""


def add(t: Turn) -> Answer:
    """Files for one's own report; with none, the report as it stands, or room for them. What is wrong is said."""
    if t.unit.vault is None:
        return Note(said.locked())
    own = ground.own_report(t.unit, t.viewer, t.event.subject)
    if own is None:
        return Note(said.unseen())
    count, problems = 0, list(t.event.problems)
    taken = ground.takes(t.unit, own, t.event, t.address)
    if taken.some:
        count, problems = ground.keep(t, own)
    elif t.event.exhibits:
        problems = [ground.why(taken)]
    _with_words(t, own)
    if own.sent_at is not None and (count or t.event.text):
        _tell(t, own, count)
    if t.event.arg == cards.CHAT:
        return Show(cards.came(own.id, own.version, count, problems, own.sent_at is not None))
    if problems and taken.some:
        return Open(ground.room(t, own, taken, problems))
    if own.sent_at is None:
        return review_again(t, own, problems)
    return Note(" ".join(problems) or (cards.added(count) if count else case_cards.passed_on()))


def show(t: Turn, found: ReportCase) -> Answer:
    """Every file before a reader, which is noted: small where the platform keeps nothing, with a link to save it."""
    report, place = found.report, t.event.place
    exhibits = evidence.of_report(t.unit, report.id)
    if ground.refuses(t.unit, report) or not exhibits:
        return Note(cards.RULED_OUT if exhibits else said.unseen())
    files = [(ground.said(each), _link(t, each) if each.digest else "") for each in exhibits]
    reports.step(t.unit, report.id, t.viewer.id, SEEN, {"words": cards.names([each for each, _ in files])})
    previews = place is not None and place.platform in cards.PREVIEWED
    back = Action(Verb.READ_REPORT, report.id, report.version)
    form = cards.opened(back, files, previews, round(LASTS.total_seconds() / 60))
    return Open(form, tuple(each for each in exhibits if each.digest) if previews else ())


def shut(t: Turn, found: ReportCase) -> Answer:
    """One of the files turned out to be what nobody may look at: from now on nobody opens any of them."""
    reports.step(t.unit, found.report.id, t.viewer.id, cards.SHUT_FILES[0], {})
    reports.change(t.unit, found.report, {**found.words, ground.SHUT: True})
    return Note(cards.SHUT)


def hand_out(token: str, at: datetime, u: Unit) -> Exhibit | None:
    """The file that a link is for: once, in time, for a reader who still is one. That it was saved is noted."""
    try:
        named = reports.vault(u).open(token)
        trust, person, until = int(named["trust"]), int(named["person"]), str(named["until"])
    except (Unreadable, reports.Locked, KeyError, ValueError, TypeError):
        return None
    whose = next((each for each in people.trusts(u) if each.id == trust), None)
    if whose is None or until <= at.isoformat():
        return None
    u.act_for(whose, at)
    there, viewer = evidence.get(u, str(named.get("evidence"))), people.viewer(u, person)
    report = reports.get(u, there[0]) if there else None
    if there is None or report is None or viewer is None:
        return None
    found = opened(u, report)
    if found is None or ground.refuses(u, report) or not may_read(u, found, viewer):
        return None
    if not inbox.take(u, f"evidence:{named.get('once')}", at):
        return None
    reports.step(u, report.id, viewer.id, SAVED, {"words": ground.said(there[1]).line})
    return there[1]


def _link(t: Turn, exhibit: Exhibit) -> str:
    """Where this reader can save it, once; empty where the bot has no address."""
    if t.address is None:
        return ""
    named = {
        "trust": t.unit.trust, "person": t.viewer.id, "evidence": exhibit.id, "once": secrets.token_hex(8),
        "until": (t.event.at + LASTS).isoformat(),
    }
    return f"{t.address}/evidence/{reports.vault(t.unit).seal(named)}"


def _with_words(t: Turn, own: Report) -> None:
    """What was written along with a file is not lost."""
    if not t.event.text.strip() or own.sent_at is not None:
        return
    known = reports.vault(t.unit).open(own.sealed)
    what = f"{known.get('what', '')}\n{t.event.text.strip()}"
    reports.change(t.unit, own, {**known, "what": what[:LONGEST["what"]]})


def _tell(t: Turn, own: Report, count: int) -> None:
    """Its readers hear that there is something new."""
    names = cards.names(ground.attached(t.unit, own.id)[-count:]) if count else ""
    if count:
        reports.step(t.unit, own.id, t.viewer.id, ADDED, {"words": names})
    if words := t.event.text.strip()[:2000]:
        reports.step(t.unit, own.id, t.viewer.id, "answer", {"words": words})
    if own.state in (ReportState.SENT, ReportState.READ):
        tell_readers(t.unit, reports.case(t.unit, own))
