"""What becomes of the files of reports: whether a door may fetch one at all, who has given which, which are dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from cards import report_evidence as cards
from cards.action import Verb
from cards.card import Field, Form
from handlers import packs, report_desk
from handlers.event import Event
from handlers.report_desk import concern_of
from handlers.rules import post, words, worries
from handlers.rules import report as rules
from handlers.rules.evidence import MOST_FILES
from handlers.rules.report import Takes
from handlers.turn import Turn
from storage import evidence, people
from storage import report as reports
from storage.database import Unit
from storage.evidence import Exhibit
from storage.tables import Report, ReportState, Viewer
from storage.vault import Unreadable

OPEN_FOR = timedelta(hours=1)
"""So long after somebody said that they have files, those that they send in the chat go to that report."""
MOST_OPEN = 40
"""So many files of one person lie with reports that are not closed: nobody fills the disk."""
UNTIL = "files_until"
"""Among the sealed words: until when that is."""
SHUT = "files_shut"
"""Among the sealed words: whether a reader has shut them for everybody."""
ABOUT_REPORTS = frozenset({
    Verb.REPORT, Verb.DRAFT_REPORT, Verb.SEND_REPORT, Verb.DROP_REPORT, Verb.READ_REPORT, Verb.ACT_ON_REPORT,
    Verb.ADD_TO_REPORT,
})
"""With none of these a file is taken, whatever a payload says."""


class As(StrEnum):
    """What a file is taken for."""

    NOTHING = "nothing"
    PICTURE = "picture"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Gate:
    """What a door may do with the files of an event, asked before it fetches any; and the event, put right for it."""

    event: Event
    takes: As
    papers: bool = False


def gate(event: Event, address: str | None, u: Unit) -> Gate:
    """Nothing is fetched for a report unless it is one's own, and of a kind that takes files."""
    viewer = _viewer(u, event)
    said_only = viewer is not None and event.verb == Verb.SAY and words.asking(event.text) is None
    if viewer and said_only and (waits := _waiting(u, viewer, event.at)):
        event = replace(event, verb=Verb.ADD_EVIDENCE, subject=waits.id, version=waits.version, arg=cards.CHAT)
    if event.verb == Verb.ADD_EVIDENCE:
        own = own_report(u, viewer, event.subject) if viewer else None
        taken = takes(u, own, event, address) if own else Takes.UNKNOWN
        if taken.some:
            return Gate(event, As.EVIDENCE, taken == Takes.ALL)
        return _refused(event, why(taken))
    worry = event.verb == Verb.SAY and words.is_report(event.text)
    if event.verb in ABOUT_REPORTS or worry:
        return _refused(event, cards.NOT_TAKEN)
    return Gate(event, As.PICTURE)


def takes(u: Unit, report: Report, event: Event, address: str | None) -> Takes:
    """Which files this report takes, given so: by the rules under which it was begun, unless today's refuse all."""
    if refuses(u, report) or worries.has_imagery(event.text):
        return Takes.REFUSED
    previews = event.place is not None and event.place.platform in cards.PREVIEWED
    pack = packs.current(u) if report.sent_at is None else packs.of(u, report.pack_version)
    return rules.takes(concern_of(pack, report.concern), False, previews, address is not None)


def refuses(u: Unit, report: Report) -> bool:
    """Whether no file of it may be kept or shown: by any of the rules that apply, or by what its words speak of."""
    known = reports.vault(u).open(report.sealed)
    if known.get(SHUT):
        return True
    said_ = str(known.get("what", ""))
    both = (packs.of(u, report.pack_version), packs.current(u))
    found = [rules.takes(concern_of(pack, report.concern), worries.has_imagery(said_), True, True) for pack in both]
    return Takes.REFUSED in found


def why(taken: Takes) -> str:
    """Why no file is taken."""
    return {Takes.REFUSED: cards.REFUSED, Takes.NOWHERE: cards.NOWHERE}.get(taken, cards.NOT_TAKEN)


def own_report(u: Unit, viewer: Viewer, report_id: str) -> Report | None:
    """The person's own report that can still be added to."""
    report = reports.get(u, report_id) if u.vault else None
    if report is None or report.reporter_id != viewer.id or report.state in (ReportState.CLOSED, ReportState.WITHDRAWN):
        return None
    return report if report_desk.opened(u, report) else None


def keep(t: Turn, report: Report) -> tuple[int, list[str]]:
    """The event's files, from now on the report's: how many, and what is wrong with the others. None is kept twice."""
    there = {each.digest for each in evidence.of_report(t.unit, report.id)}
    problems, count = list(t.event.problems), 0
    room_left = MOST_OPEN - evidence.count_open(t.unit, t.viewer.id)
    for exhibit in t.event.exhibits:
        if exhibit.digest in there:
            continue
        if len(there) >= MOST_FILES or count >= room_left:
            problems.append(cards.bad(exhibit.name, "many" if len(there) >= MOST_FILES else "far too many"))
            continue
        evidence.add(t.unit, report.id, exhibit, count)
        there.add(exhibit.digest)
        count += 1
    return count, problems


def leave_out(t: Turn, report: Report) -> None:
    """What its reporter has unticked goes, with nothing left of it."""
    if "keep" not in t.event.fields:
        return
    kept = post.chosen_in(t.event.fields, "keep")
    those = [each.id for each in evidence.of_report(t.unit, report.id) if each.id not in kept]
    evidence.drop(t.unit, report.id, those)


def attached(u: Unit, report_id: str) -> list[cards.Attached]:
    """The files of a report, as cards name them."""
    return [said(each) for each in evidence.of_report(u, report_id)]


def said(each: Exhibit) -> cards.Attached:
    """A file, as cards name it."""
    return cards.Attached(each.id, each.name, each.media_type, each.size, each.digest)


def room(t: Turn, report: Report, taken: Takes, problems: Sequence[str]) -> Form:
    """The form for files. For an hour, what its reporter sends in the chat goes to it as well."""
    known = reports.vault(t.unit).open(report.sealed)
    reports.change(t.unit, report, {**known, UNTIL: (t.unit.at + OPEN_FOR).isoformat()})
    return cards.form(report.id, report.version, attached(t.unit, report.id), taken == Takes.ALL, problems)


def wanted(t: Turn, report: Report) -> Form | None:
    """The form for files, where its reporter says that there are more, and it takes any."""
    if t.event.fields.get(cards.MORE) != "yes" or not (taken := takes(t.unit, report, t.event, t.address)).some:
        return None
    return room(t, report, taken, ())


def mine(t: Turn, report: Report, may_add: bool) -> list[Field]:
    """What its reporter sees of the files."""
    more = may_add and takes(t.unit, report, t.event, t.address).some
    return cards.own(attached(t.unit, report.id), more)


def closed(known: Mapping[str, Any]) -> dict[str, Any]:
    """The sealed words of a report that waits for no files any more."""
    return {name: value for name, value in known.items() if name != UNTIL}


def _refused(event: Event, said_: str) -> Gate:
    return Gate(replace(event, problems=(said_,)), As.NOTHING)


def _viewer(u: Unit, event: Event) -> Viewer | None:
    place = event.place
    found = people.enter(u, place.platform, place.team, place.user, event.at) if place else None
    return found[1] if found else None


def _waiting(u: Unit, viewer: Viewer, at: datetime) -> Report | None:
    """The report of theirs for which they last said that they have files."""
    found = []
    for report in evidence.open_reports(u, viewer.id) if u.vault else ():
        try:
            until = str(reports.vault(u).open(report.sealed).get(UNTIL, ""))
        except Unreadable:
            continue
        if until > at.isoformat():
            found.append((until, report))
    return max(found, key=lambda each: each[0])[1] if found else None
