"""A whole pack in plain words, and several side by side: what docs/ says of them."""

from collections.abc import Iterator, Sequence

from cards import documents as say
from cards.explain import RULED_OUT, SILENT, any_of, as_for, count, decided, with_clause
from cards.page import Page, Part, markdown, table
from cards.words import listed
from handlers.explain import Asker, chased, kind, ways, who
from handlers.rules import cover
from handlers.rules.pack import Kind, Pack


def policy(pack: Pack) -> list[Page]:
    """All of a pack: every kind of request, then the registers, reports and duties."""
    pages = [_roles(pack), *(_like(pack, name) or kind(pack, this, alone=False) for name, this in pack.kinds.items())]
    pages += [_silence(pack), _hours(pack), _registers(pack), _reading(pack)]
    if pack.reports:
        parts = (Part("", (say.not_about(),), plain=True), Part("", tuple(_reports(pack))))
        pages.append(Page("What can be reported", parts))
    if pack.duties:
        pages.append(Page("What has to be done", (Part("", tuple(_duties(pack))),)))
    return pages


def _like(pack: Pack, name: str) -> Page | None:
    """A kind that is as an earlier one, but for what it is called."""
    this = pack.kinds[name]
    for other in list(pack.kinds)[:list(pack.kinds).index(name)]:
        called = {"title": this.title, "clause": this.clause, "about": this.about}
        if pack.kinds[other].model_copy(update=called) == this:
            lines = tuple(filter(None, (this.about, as_for(pack.kinds[other].title))))
            return Page(with_clause(this.title, this.clause), (Part("", lines, plain=True),))
    return None


def _roles(pack: Pack) -> Page:
    lines = (
        say.role(
            role.title, role.trust_wide, pack.role_title(role.above) if role.above else "",
            [pack.role_title(each) for each in _stand_ins(pack, name)],
        )
        for name, role in pack.roles.items()
    )
    return Page("Who is who", (Part("", tuple(lines)),))


def _stand_ins(pack: Pack, role: str) -> list[str]:
    """Who may stand in for whoever holds this role, where anything is decided by them."""
    return [each for each, _ in cover.stand_ins(pack, (role, 0))] if cover.decides(pack, role) else []


def _silence(pack: Pack) -> Page:
    parts = (Part("", (say.silence(),), plain=True), Part("Who is asked", tuple(ways(pack, _silent(pack)))))
    return Page("Where the policy says nothing", parts)


def _hours(pack: Pack) -> Page:
    said = pack.hours
    lines = [say.open_on(said.days, said.begins, said.ends), say.closed(said.bank_holidays), say.held_back()]
    lines += [say.open_at(each.school, each.begins, each.ends) for each in said.schools]
    return Page("When people are at work", (Part("", tuple(lines)),))


def _registers(pack: Pack) -> Page:
    lines = [say.keepers(_keepers(pack))]
    if pack.review:
        escalate = pack.role_title(pack.review.escalate_to)
        review = pack.review
        lines.append(
            say.review(review.every_months, review.remind_days, review.escalate_days, escalate, review.clause)
        )
    lines += [say.approved(site.name, site.clause) for site in pack.sites]
    return Page("The registers", (Part("", tuple(lines)),))


def _reading(pack: Pack) -> Page:
    rule = pack.reading
    lines = [
        say.told(pack.notice.months, pack.notice.clause),
        say.confirmed([(pack.policy, rule.clause), *((each.name, each.clause) for each in rule.documents)]),
        say.until(rule.days, rule.remind_days, rule.yearly),
    ]
    lines += [say.asked(each.question, each.clause) for each in rule.check]
    lines += [say.held(pack.kinds[each].title, rule.clause) for each in rule.holds]
    lines += [say.sees_who_has_not([say.who_sees(pack.roles[each].title, pack.roles[each].trust_wide)
                                    for each in rule.sees])]
    return Page("Reading the policy", (Part("", tuple(lines)),))


def _keepers(pack: Pack) -> list[str]:
    return [who(pack, role).words for role in pack.keepers]


def _reports(pack: Pack) -> Iterator[str]:
    for each in pack.reports:
        hears = any_of([who(pack, role) for role in each.ask])
        yield say.report(each.title, each.text, hears, each.clause, each.urgent, each.pictures)
    for contact in pack.contacts:
        yield say.contact(contact.name, contact.number, contact.when, contact.school)
    yield say.takes_down(pack.removal_days)


def _duties(pack: Pack) -> Iterator[str]:
    for each in pack.duties:
        does = "everybody" if each.who == "everyone" else who(pack, each.who).words
        yield say.duty(does, each.text, each.clause, each.every_months)


# --- side by side -----------------------------------------------------------------------------------------------


def documents(packs: Sequence[Pack]) -> dict[str, str]:
    """What stands in docs/ of these packs: file → text."""
    pages = {f"policies/{pack.name}.md": _document(pack) for pack in packs}
    links = [(pack.title, file) for pack, file in zip(packs, pages, strict=True)]
    tables = [
        ("Who decides", say.TEACHER_ASKS, _kinds(packs)),
        ("Who hears a report", say.REPORTS, _concerns(packs)),
        ("How long, and who looks after what", "", _terms(packs)),
    ]
    return {**pages, "policies.md": say.overview(links, tables) + "\n"}


def _document(pack: Pack) -> str:
    clocks = pack.clocks
    before = chased(pack, clocks)
    begin = say.document(pack.title, say.called(pack.policy, pack.version), clocks.expire_days, before)
    return f"{begin}\n\n{markdown(policy(pack))}\n"


def _kinds(packs: Sequence[Pack]) -> str:
    """Every kind of request in every pack: who decides when a teacher at a school asks."""
    titles = {name: kind.title for pack in reversed(packs) for name, kind in pack.kinds.items()}
    names = dict.fromkeys(name for pack in packs for name in pack.kinds)
    rows = ([titles[name], *(_decides(pack, name) for pack in packs)] for name in names)
    return table(["", *(pack.title for pack in packs)], rows)


def _decides(pack: Pack, name: str) -> str:
    this = pack.kinds.get(name)
    if this is None:
        return SILENT
    if this.never:
        return with_clause(RULED_OUT, this.clause)
    return "\n".join(ways(pack, this, Asker(trust=False)))


def _concerns(packs: Sequence[Pack]) -> str:
    """Every kind of report in every pack: who hears it."""
    titles = {each.id: each.title for pack in reversed(packs) for each in pack.reports}
    names = dict.fromkeys(each.id for pack in packs for each in pack.reports)
    rows = ([titles[name], *(_hears(pack, name) for pack in packs)] for name in names)
    return table(["", *(pack.title for pack in packs)], rows)


def _hears(pack: Pack, name: str) -> str:
    concern = next((each for each in pack.reports if each.id == name), None)
    if concern is None:
        return SILENT
    return decided(with_clause(any_of([who(pack, role) for role in concern.ask]), concern.clause))


def _terms(packs: Sequence[Pack]) -> str:
    columns = [list(_term(pack)) for pack in packs]
    rows = ([row[0][0], *(value for _, value in row)] for row in zip(*columns, strict=True))
    return table(["", *(pack.title for pack in packs)], rows)


def _term(pack: Pack) -> Iterator[tuple[str, str]]:
    yield "Policy", say.called(pack.policy, pack.version)
    yield "Time to decide", count(pack.clocks.expire_days, "day")
    yield "Reminded, and put to somebody above", chased(pack, pack.clocks) or say.NEVER
    yield "At work", say.open_on(pack.hours.days, pack.hours.begins, pack.hours.ends)
    yield "Time to publish what is approved", count(pack.clocks.publish_days, "day")
    yield "Registers are kept by", decided(listed(_keepers(pack)))
    review = pack.review
    yield "Entries are looked at again", say.every(review.every_months, review.clause) if review else SILENT
    yield "Told of a change of the policy", say.in_advance(pack.notice.months, pack.notice.clause)
    yield "Read and confirmed", "\n".join(say.read_by_all(pack.policy, pack.reading.clause, [
        (each.name, each.clause) for each in pack.reading.documents]))
    yield "Sites that stand approved", listed(site.name for site in pack.sites) or SILENT
    yield "Asked where the policy says nothing", "\n".join(ways(pack, _silent(pack), Asker(trust=False)))


def _silent(pack: Pack) -> Kind:
    return Kind(title="silence", clause="none", route=pack.silence.route)
