"""What a reader does in a window of its own: asks a colleague or the site to take something down, says thanks."""

from datetime import date, datetime, timedelta

from cards import report_guided as cards
from cards import words as calendar
from cards.action import Action, Verb
from cards.card import Form
from cards.report import CONTACT, several
from cards.report_case import nobody_of_that_name, not_to_them, words_needed
from cards.report_sites import site_at
from handlers import packs, report_evidence
from handlers.answer import Answer, Open
from handlers.report import typed
from handlers.report_case import reading
from handlers.report_colleague import ends, next_look
from handlers.report_desk import concern_of, named, staff
from handlers.rules import post
from handlers.turn import Turn
from storage import outbox, people
from storage import report as reports
from storage.report import ReportCase
from storage.tables import Person, ReportState

MORNING = timedelta(hours=9)
"""When somebody is reminded on the day by which they were asked to take something down."""
LONGEST_DAYS = 366


def removal(t: Turn, found: ReportCase, words: str) -> Answer:
    """A colleague is asked, in words of the reader's, by a day; reminded that morning."""
    guided, by, errors = t.event.arg == "removal", typed(t, "by"), dict[str, str]()
    meant = meant_by(t)
    if not guided and not (words and typed(t, "to")):
        return Open(_removal(t, found, {}))
    if isinstance(meant, Person) and meant.id in (found.report.reporter_id, t.viewer.id):
        meant = not_to_them()
    if isinstance(meant, str):
        errors["to"] = meant
    if not words:
        errors["words"] = words_needed()
    day = _day(by) if by else _usual(t, found)
    if day is None or not t.unit.today <= day <= t.unit.today + timedelta(days=LONGEST_DAYS):
        errors["by"] = cards.past()
    if errors or day is None or isinstance(meant, str) or meant.id is None:
        return Open(_removal(t, found, errors) if guided else reading(t, found, errors, _kept(t)))
    said = {"words": words, "to": meant.id, "by": day.isoformat()}
    reports.step(t.unit, found.report.id, t.viewer.id, "removal", said)
    outbox.send(t.unit, meant.id, "report_removal", found.report.id)
    morning = ends(day, t.unit.zone) - timedelta(days=1) + MORNING
    if morning > t.event.at:
        outbox.send(t.unit, meant.id, "report_removal_due", found.report.id, morning)
    return _done(t, found)


def site(t: Turn, found: ReportCase, words: str) -> Answer:
    """The site is asked by the reader themselves: here are the facts, where to, and who helps. It is noted."""
    if t.event.arg != "site":
        return Open(_site(t, found, {}))
    if not words:
        return Open(_site(t, found, {"words": words_needed()}))
    reports.step(t.unit, found.report.id, t.viewer.id, "site", {"words": words})
    return _done(t, found)


def thank(t: Turn, found: ReportCase, words: str) -> Answer:
    """A colleague is thanked through the bot; that somebody else was thanked is noted."""
    if t.event.arg != "thank" and not words:
        return Open(cards.thanks(_action(found, "thank"), {}, _kept(t)))
    meant = meant_by(t) if typed(t, "to") else None
    if isinstance(meant, Person) and meant.id == t.viewer.id:
        meant = not_to_them()
    errors = {**({"to": meant} if isinstance(meant, str) else {}), **({} if words else {"words": words_needed()})}
    if errors or isinstance(meant, str):
        return Open(cards.thanks(_action(found, "thank"), errors, _kept(t)))
    to = meant.id if meant else None
    reports.step(t.unit, found.report.id, t.viewer.id, "thank", {"words": words, "to": to})
    if to:
        outbox.send(t.unit, to, "report_thanks", found.report.id)
    return _done(t, found)


def meant_by(t: Turn) -> Person | str:
    """The member of staff whose name was typed, or what is wrong with it."""
    wanted = typed(t, "to")
    found = named(wanted, staff(t.unit))
    if len(found) > 1:
        return several([wanted[:60]])
    return found[0] if found else nobody_of_that_name()


def _done(t: Turn, found: ReportCase) -> Answer:
    """The view with what was just done in it; the clock looks sooner where a day was given."""
    after = reports.case(t.unit, found.report)
    if after.report.state == ReportState.READ:
        reports.change(t.unit, after.report, due_at=next_look(t.unit, after))
    return Open(reading(t, after))


def _removal(t: Turn, found: ReportCase, errors: dict[str, str]) -> Form:
    where = str(found.words.get("where", ""))
    zone = t.unit.zone.key
    return cards.removal(_action(found, "removal"), where, zone, _usual(t, found).isoformat(), errors, _kept(t))


def _site(t: Turn, found: ReportCase, errors: dict[str, str]) -> Form:
    pack, words = packs.of(t.unit, found.report.pack_version), found.words
    concern = concern_of(pack, found.report.concern)
    child = words.get("about") == "pupil" or words.get("risk") == "yes" or found.report.concern == CONTACT
    return cards.site(_action(found, "site"), _asking(t, found), not (concern and concern.pictures), child, errors,
                      _kept(t))


def _asking(t: Turn, found: ReportCase) -> cards.Asking:
    """Who asks the site, as what, and what they know."""
    pack, words, report = packs.of(t.unit, found.report.pack_version), found.words, found.report
    role = next((r.role for r in found.reading if r.person_id == t.viewer.id and r.role), "")
    school = people.school(t.unit, t.viewer.person.school_id)
    where, sent = str(words.get("where", "")), report.sent_at or report.created_at
    day, files = calendar.day(sent.astimezone(t.unit.zone).date()), len(report_evidence.attached(t.unit, report.id))
    return cards.Asking(
        t.viewer.person.name, pack.role_title(role) if role else "", school.name if school else pack.title, where,
        site_at(where), str(words.get("when", "")), day, str(words.get("what", "")), cards.kept(day, files),
    )


def _usual(t: Turn, found: ReportCase) -> date:
    """By when, unless the reader says otherwise: as the pack has it."""
    return t.unit.today + timedelta(days=packs.of(t.unit, found.report.pack_version).removal_days)


def _day(said: str) -> date | None:
    try:
        return datetime.fromisoformat(said[:10]).date()
    except ValueError:
        return None


def _action(found: ReportCase, step: str) -> Action:
    return Action(Verb.ACT_ON_REPORT, found.report.id, found.report.version, step)


def _kept(t: Turn) -> dict[str, str]:
    """Whatever was typed."""
    step = next(iter(post.chosen_in(t.event.fields, "step")), t.event.arg)
    return {name: typed(t, name) for name in ("words", "to", "reason", "by")} | {"step": step}
