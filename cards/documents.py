"""A whole policy in plain words, and several side by side. For the command line and for docs/."""

from collections.abc import Sequence

from cards.explain import NEVER_YES, count, start, with_clause
from cards.words import clause, listed

GENERATED = (
    "These are the bot's words and not the policy's: the trust's own document is what counts. The clause that a rule "
    "comes from stands behind it in brackets; (good practice) is no rule of the policy's. "
    "This page is made from the packs in `policies/` by `make docs`: change those, not this."
)


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


def document(title: str, policy: str, days: int) -> str:
    """How a trust's page begins."""
    waits = f"Unless it says otherwise below, what nobody decides within {count(days, 'day')} expires: {NEVER_YES}"
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
