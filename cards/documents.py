"""A whole policy in plain words, and several side by side. For the command line and for docs/."""

from collections.abc import Sequence
from datetime import date

from cards.explain import NEVER_YES, count, start, with_clause
from cards.words import clause, listed

GENERATED = (
    "These are the bot's words and not the policy's: the trust's own document is what counts. The clause that a rule "
    "comes from stands behind it in brackets; (good practice) is no rule of the policy's. "
    "This page is made from the packs in `policies/` by `make docs`: change those, not this."
)


DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}
NEVER = "never"


def role(title: str, trust_wide: bool, above: str, cover: Sequence[str]) -> str:
    """A role, whom it answers to and who stands in."""
    words = f"{start(title)} ({'for the whole trust' if trust_wide else 'at a school'})"
    words += f", answers to the {above}" if above else ""
    return words + (f"; when away: the {', then the '.join(cover)}" if cover else "")


def review(months: int, remind: int, escalate: int, who: str, number: str) -> str:
    """The yearly look at the registers."""
    return (
        f"Every {count(months, 'month')} the owner of each entry is asked whether it is still right {clause(number)}; "
        f"again after {count(remind, 'day')}, and after {count(escalate, 'day')} the {who} hears of it."
    )


def open_on(days: Sequence[str], begins: str, ends: str) -> str:
    """When school is open."""
    named = [DAYS[day] for day in DAYS if day in days]
    whole = {5: "on weekdays", 7: "every day"}.get(len(named), "") if named[:5] == list(DAYS.values())[:5] else ""
    when = "day and night" if (begins, ends) == ("00:00", "24:00") else f"from {begins} to {ends}"
    return f"{start(when)}, {whole or f'on {listed(named)}'}."


def open_at(school: str, begins: str, ends: str) -> str:
    """When one school is open."""
    return f"{school}: from {begins} to {ends}."


def closed(bank_holidays: bool) -> str:
    """When it is closed on such a day."""
    bank = ", nor on the bank holidays of England" if bank_holidays else ""
    return f"Not in the holidays of the trust's calendar{bank}."


def held_back() -> str:
    """What that is for."""
    return (
        "At other times nothing goes out by itself, but for what is urgent, or cannot wait because its time to go live "
        "comes first or whoever asks says why. Hours are hours of work, and days of holidays do not count. Reports are "
        "never held back."
    )


def keepers(titles: Sequence[str]) -> str:
    """Who keeps the registers."""
    return f"The registers are kept by {listed(titles)}; each entry can be changed by its owner too."


def approved(name: str, number: str) -> str:
    """A site that needs no asking."""
    return f"{name} stands approved {clause(number)}."


def report(title: str, words: str, who: str, number: str, urgent: bool, pictures: bool) -> str:
    """A kind of report, and who hears it."""
    more = (" It is urgent." if urgent else "") + ("" if pictures else " No pictures are taken.")
    return f"{title}. {start(words)}. It goes to {who} {clause(number)}.{more}"


def contact(name: str, number: str, when: str, school: str) -> str:
    """Whom to ring where somebody is at risk."""
    return f"Somebody is at risk: {name}, {number}{f' ({when})' if when else ''}{f', for {school}' if school else ''}."


def takes_down(days: int) -> str:
    """How long somebody has who is asked to take something down."""
    return f"Somebody who is asked to take something down has {count(days, 'day')}, or what whoever asks says."


def not_about() -> str:
    """Whom a report never reaches."""
    return "Whoever a report is about never sees it: it goes to the others, or to whoever they answer to."


def duty(who: str, words: str, number: str, months: int | None) -> str:
    """Something that the policy wants done."""
    again = f", every {count(months, 'month')}" if months else ""
    return f"{start(who)}: {with_clause(words, number)}{again}"


def silence() -> str:
    """What happens where the policy says nothing."""
    return "Then the bot says so, and asks whoever would decide. The record says that it was not the policy's rule."


def in_advance(months: int, number: str) -> str:
    """How long before it holds staff hear of a change."""
    return with_clause(f"{count(months, 'month')} before it holds" if months else "on the day itself", number)


def told(months: int, number: str) -> str:
    """The same in a sentence."""
    return f"Everybody is told of a new version, and of what it changes, {in_advance(months, number)}."


def read_by_all(policy: str, number: str, others: Sequence[tuple[str, str]]) -> list[str]:
    """What everybody confirms to have read and understood, each with its clause."""
    return [with_clause(policy, number), *(with_clause(name, clause_) for name, clause_ in others)]


def confirmed(papers: Sequence[tuple[str, str]]) -> str:
    """The same in a sentence."""
    (name, number), *others = papers
    return f"Everybody confirms to have read and understood: {listed(read_by_all(name, number, others))}."


def until(days: int, remind: int, yearly: str) -> str:
    """How soon, how often one is reminded, and whether each year anew."""
    anew = f" It is confirmed anew each year from {on_day(yearly)}." if yearly else ""
    return (f"There are {count(days, 'day')} for it, from when it is asked or from the first day of work. Whoever has "
            f"not is reminded every {count(remind, 'day')}.{anew}")


def on_day(yearly: str) -> str:
    """A day of the year: "1 September"."""
    return f"{(found := date.fromisoformat(f'2001-{yearly}')).day} {found:%B}"


def asked(question: str, number: str) -> str:
    """A question that is put to whoever has read it."""
    return f"Whoever has read it is asked: {with_clause(question, number)}"


def held(title: str, number: str) -> str:
    """A kind of request that waits for the confirmation."""
    return f"“{title}” can be sent once whoever asks has confirmed {clause(number)}."


def who_sees(title: str, trust_wide: bool) -> str:
    """Somebody who sees who has not."""
    return f"the {title} {'everywhere' if trust_wide else 'at their school'}"


def sees_who_has_not(who: Sequence[str]) -> str:
    """Who sees who has not confirmed."""
    return f"Who has not confirmed is seen by {listed(who)}, and by nobody else." if who else (
        "Nobody sees in the chat who has not confirmed.")


def sound(title: str, roles: int, kinds: int, reports: int, duties: int) -> str:
    """A pack in which nothing is wrong."""
    has = [count(roles, "role"), f"{count(kinds, 'kind')} of request", f"{count(reports, 'kind')} of report"]
    has.append(f"{duties} {'duty' if duties == 1 else 'duties'}")
    return f"{title}: nothing is wrong. It has {listed(has)}."


# --- side by side -----------------------------------------------------------------------------------------------

TOGETHER = "The policies side by side"
TEACHER_ASKS = (
    "Who decides when a teacher asks, who has no other role, for their school. Nobody decides on their own request: "
    "what heads and central staff ask for goes to somebody else, as each trust's page says. Where a policy says "
    "nothing, the bot says so, asks whoever would decide, and puts on the record that it was not the policy's rule."
)
REPORTS = "Whoever a report is about never sees it, whatever their role."


def document(title: str, policy: str, days: int, chased: str) -> str:
    """How a trust's page begins. `chased`: what happens before it expires."""
    waits = f"Unless it says otherwise below, what nobody decides within {count(days, 'day')} expires: {NEVER_YES}"
    waits = f"{chased} {waits}".strip()
    return "\n\n".join([f"# {title}: who decides what", f"By its {policy}.", GENERATED, waits])


def called(policy: str, version: str) -> str:
    """A policy and its version."""
    return f"{policy} ({version})"


def overview(pages: Sequence[tuple[str, str]], tables: Sequence[tuple[str, str, str]]) -> str:
    """All the policies on one page. `pages`: (title, file) of each; `tables`: (heading, introduction, table)."""
    links = listed(f"[{title}]({file})" for title, file in pages)
    parts = [f"# {TOGETHER}", f"In full: {links}.", GENERATED]
    parts += [part for heading, words, rows in tables for part in (f"## {heading}", words, rows)]
    return "\n\n".join(part for part in parts if part)


def every(months: int, number: str) -> str:
    """How often, in a table."""
    return with_clause(f"every {count(months, 'month')}", number)
