"""A post, from "can I post this?" to "it's live"."""

from dataclasses import asdict, replace

from cards import post as cards
from cards import refusals
from cards import request as frame
from handlers import view
from handlers.answer import Answer, Coming, Note, Open, Show
from handlers.request import CARD, MISSING, NEWS, deadline, show
from handlers.rules import post as rules
from handlers.rules import words
from handlers.rules.post import PostContent, PostPicture
from handlers.rules.rights import serves
from handlers.rules.route import Step, step_for, steps_for
from handlers.turn import Turn
from storage import audit, outbox, people, register, request
from storage.tables import Account, Publication, State

KIND = "post"


def ask(t: Turn) -> Answer:
    """A draft of what was said, with what the policy asks of it. Nobody else hears of it yet."""
    meant = words.asking(t.event.text)
    text = rules.plain(meant.text if meant else t.event.text)
    if len(text) > rules.TEXT_LIMIT:
        return Note(refusals.too_long(len(text), rules.TEXT_LIMIT))
    if not text and not t.event.files:
        return Note(" ".join(t.event.problems)) if t.event.problems else Show(cards.invitation())
    accounts = register.accounts(t.unit)
    if not accounts:
        return Note(refusals.no_accounts([p.name for p in view.administrators(t.unit)]))
    chosen = _likely(t, accounts, meant.sites if meant else ())
    pictures = tuple(_keep(t))
    _draft(t, PostContent(text=text, accounts=tuple(a.id for a in chosen if a.id), pictures=pictures))
    if t.event.problems:
        return Note(refusals.draft_coming(t.event.problems))
    return Coming(refusals.draft_coming(()))


def compose(t: Turn) -> Answer:
    """An empty form, with the accounts that the asker most likely means."""
    accounts = register.accounts(t.unit)
    if not accounts:
        return Note(refusals.no_accounts([p.name for p in view.administrators(t.unit)]))
    chosen = _likely(t, accounts, words.sites(t.event.arg))
    return _form(t, PostContent(accounts=tuple(a.id for a in chosen if a.id)), {})


def edit(t: Turn) -> Answer:
    """The form, filled in with the present wording."""
    return _form(t, _content(t), {})


def send(t: Turn) -> Answer:
    """Send the draft as it stands; the form comes up where something is missing."""
    content = _content(t)
    errors = _problems(t, content)
    return _form(t, content, errors) if errors else _submit(t, content)


def save(t: Turn) -> Answer:
    """Keep the form's answers and send them on. What cannot be sent comes back, with nothing lost."""
    old = _content(t) if t.about else PostContent()
    known = {a.id for a in register.accounts(t.unit) if a.id is not None}
    answers = rules.read(t.event.fields, _with_new(t, old), known, t.kind, t.unit.zone)
    errors = {**_problems(t, answers.content), **{f: cards.error(why) for f, why in answers.problems.items()}}
    if t.event.problems:
        errors.setdefault("pictures", " ".join(t.event.problems))
    if t.about and t.event.version != t.request.revision:
        errors.setdefault("text", cards.changed_elsewhere())
    return _form(t, answers.content, errors) if errors else _submit(t, answers.content)


def ask_address(t: Turn) -> Answer:
    """The form for where it is live; not before its time."""
    if early := _too_early(t):
        return early
    return Open(cards.live_form(t.case, _names(t, _mine(t)), {}, {}))


def publish(t: Turn) -> Answer:
    """It is live on the owner's accounts, there. Only what was approved, and not before its time."""
    request_ = t.request
    if request_.approved_digest != t.case.revision.digest:
        return Note(refusals.not_now(t.case))
    if early := _too_early(t):
        return early
    pending = _mine(t)
    typed = {f"address_{p.account_id}": _typed(t, f"address_{p.account_id}") for p in pending}
    errors = {field: cards.not_an_address() for field, address in typed.items() if not rules.is_address(address)}
    if errors or not pending:
        return Open(cards.live_form(t.case, _names(t, pending), errors, typed))
    for publication in pending:
        request.went_live(t.unit, publication, typed[f"address_{publication.account_id}"])
    everywhere = all(p.live_at or p in pending for p in t.case.publications)
    request.change(t.unit, request_, **({"state": State.PUBLISHED, "due_at": None} if everywhere else {}))
    audit.append(t.unit, t.event.verb, t.viewer.id, request_.id, state=request_.state, accounts=len(pending))
    outbox.replace(t.unit, request_.id)
    if everywhere:
        hear = {request_.asker_id, *(d.decider_id for d in t.case.decisions[-1:])} - {t.viewer.id}
        for person in sorted(hear):
            outbox.send(t.unit, person, NEWS, request_.id)
    return show(t)


def _too_early(t: Turn) -> Answer | None:
    at = t.request.go_live_at
    return Note(cards.too_early(at, t.unit.zone)) if at and t.event.at < at else None


def _draft(t: Turn, content: PostContent) -> None:
    """Keep a new draft, and owe its card to the asker."""
    _new(t, content)
    request.change(t.unit, t.request, **_routed(t, content))
    outbox.show(t.unit, t.viewer.id, CARD, t.request.id)


def _new(t: Turn, content: PostContent) -> None:
    """A new request, in the place of the message that it was asked in."""
    new = request.create(t.unit, KIND, t.pack.version, t.viewer.id, content.row(), content.digest())
    t.about = request.case(t.unit, new)
    audit.append(t.unit, t.event.verb, t.viewer.id, new.id, state=new.state, digest=content.digest())
    if t.event.place and t.event.place.message:
        place = t.event.place
        outbox.adopt(t.unit, t.viewer.id, place.platform, (place.team, place.channel, place.message), CARD, new.id)


def _step(t: Turn, content: PostContent) -> tuple[Step | None, int | None]:
    """Whom it would go to, as things stand today, and for which school."""
    accounts = register.by_ids(t.unit, list(content.accounts))
    step = step_for(t.pack, t.kind, t.viewer, accounts[0] if accounts else None)
    return step, accounts[0].school_id if accounts else t.viewer.person.school_id


def _routed(t: Turn, content: PostContent) -> dict[str, object]:
    """What a request is to note of whom it goes to."""
    step, school = _step(t, content)
    return {
        "school_id": school, "go_live_at": content.go_live,
        "ask_role": step.role if step else None, "ask_school_id": step.school_id if step else None,
    }


def _anybody(t: Turn, content: PostContent) -> bool:
    """Whether somebody else than the asker holds the role today that decides."""
    step, _school = _step(t, content)
    return step is not None and any(p.id != t.viewer.id for p in people.holders(t.unit, step.role, step.school_id))


def _submit(t: Turn, content: PostContent) -> Answer:
    """To whoever decides today. Nobody there: refused, the draft kept, and an administrator told."""
    if t.about is None:
        _new(t, content)
    anybody = _anybody(t, content)
    if not anybody and t.request.state in (State.SUBMITTED, State.APPROVED):
        return _form(t, content, {"accounts": _nobody(t, content)})
    moves = _routed(t, content)
    changed = content.digest() != t.case.revision.digest
    if changed:
        sent = t.request.revision if t.request.submitted_at else None
        moves |= {"revision": t.request.revision + 1, "editor_id": t.viewer.id, "sent_before": sent}
    if anybody:
        moves |= {"state": State.SUBMITTED, "submitted_at": t.event.at, "approved_digest": None,
                  "due_at": deadline(t, content.go_live)}
    request.change(t.unit, t.request, **moves)
    if changed:
        request.add_revision(t.unit, t.request, content.row(), content.digest())
    if not anybody:
        return _kept(t, content)
    if t.case.publications:
        request.unassign(t.unit, t.request)
    return _sent(t)


def _sent(t: Turn) -> Answer:
    """The approvers get the card anew, everybody else's copies change, and the record has it."""
    audit.append(t.unit, t.event.verb, t.viewer.id, t.request.id, state=t.request.state, revision=t.request.revision)
    outbox.replace(t.unit, t.request.id)
    outbox.show(t.unit, t.viewer.id, CARD, t.request.id)
    for person in people.holders(t.unit, t.request.ask_role or "", t.request.ask_school_id):
        if person.id is not None and person.id not in (t.request.asker_id, t.request.editor_id):
            outbox.send(t.unit, person.id, CARD, t.request.id)
    return show(t)


def _kept(t: Turn, content: PostContent) -> Answer:
    """The draft stays; who looks after the staff list hears what is missing from it."""
    audit.append(t.unit, "no_decider", t.viewer.id, t.request.id, role=t.request.ask_role or "")
    for person in view.administrators(t.unit):
        if person.id is not None:
            outbox.send(t.unit, person.id, MISSING, t.request.id)
    outbox.replace(t.unit, t.request.id)
    outbox.show(t.unit, t.viewer.id, CARD, t.request.id)
    return show(t, _nobody(t, content))


def _nobody(t: Turn, content: PostContent) -> str:
    """Why it cannot be sent so, whatever it was routed to before."""
    step, school = _step(t, content)
    routed = t.request.model_copy(update={
        "ask_role": step.role if step else None, "ask_school_id": step.school_id if step else None,
    })
    case = replace(t.case, request=routed, school=people.school(t.unit, school), deciders=[])
    return frame.nobody_decides(view.view(t.unit, case, t.viewer))


def _content(t: Turn) -> PostContent:
    return PostContent.model_validate(t.case.revision.content)


def _keep(t: Turn) -> list[PostPicture]:
    """The event's pictures, entered as this person's; one that came twice is one picture."""
    for picture in t.event.files:
        facts = {k: v for k, v in asdict(picture).items() if k != "name"}
        request.add_file(t.unit, t.viewer.id, facts)
    by_digest = {p.digest: PostPicture(digest=p.digest, thumb=p.thumb, name=p.name) for p in t.event.files}
    return list(by_digest.values())


def _with_new(t: Turn, old: PostContent) -> PostContent:
    """The old pictures, those that an earlier refused form brought (its fields name them), and those that come now."""
    have = {p.digest[:16] for p in old.pictures}
    given = [f.removeprefix("alt_") for f in t.event.fields if f.startswith("alt_")]
    named = [start for start in given if start.isascii() and start.isalnum() and start not in have]
    earlier = request.files_of(t.unit, t.viewer.id, named[: rules.PICTURES_LIMIT])
    brought = [PostPicture(digest=f.digest, thumb=f.thumb, name="picture") for f in earlier]
    # A form that comes again may bring its pictures again: then they have their names, too.
    new = {p.digest: p for p in [*brought, *_keep(t)] if p.digest[:16] not in have}
    return old.model_copy(update={"pictures": (*old.pictures, *new.values())})


def _problems(t: Turn, content: PostContent) -> dict[str, str]:
    """What keeps it from being sent, as sentences by field."""
    errors = {field: cards.error(why) for field, why in rules.missing(content, t.kind, t.event.at).items()}
    accounts = register.by_ids(t.unit, list(content.accounts))
    if any(a.closed for a in accounts):
        errors["accounts"] = cards.error(rules.Missing.UNKNOWN)
    if ownerless := _ownerless(t, accounts):
        errors["accounts"] = cards.nobody_publishes(ownerless, [p.name for p in view.administrators(t.unit)])
    if len(steps_for(t.pack, t.kind, t.viewer, accounts)) > 1:
        errors["accounts"] = cards.several_deciders([(a.name, _decider_names(t, a)) for a in accounts])
    too_long = rules.too_long_for(content, [a.platform for a in accounts])
    if too_long and "text" not in errors:
        errors["text"] = cards.too_long(*too_long)
    return errors


def _ownerless(t: Turn, accounts: list[Account]) -> list[str]:
    """The accounts whose owner has left, so that nobody would publish."""
    owners = people.people(t.unit, {a.owner_id for a in accounts}) if accounts else {}
    return [a.name for a in accounts if not serves(owners[a.owner_id], t.unit.today)]


def _decider_names(t: Turn, account: Account) -> str:
    step = step_for(t.pack, t.kind, t.viewer, account)
    holders = people.holders(t.unit, step.role, step.school_id) if step else []
    return " or ".join(p.name for p in holders) or "nobody yet"


def _form(t: Turn, content: PostContent, errors: dict[str, str]) -> Answer:
    accounts = register.accounts(t.unit)
    own = t.viewer.person.school_id
    ordered = sorted(accounts, key=lambda a: (a.school_id != own, a.school_id is not None))
    choices = [(str(a.id), cards.account_label(a)) for a in ordered][:100]
    case = t.about
    warn = cards.editing_approved(case) if case and case.request.state == State.APPROVED else ()
    form = cards.form(case, content.row(), choices, view.asked(t.kind), t.unit.zone, errors, warn)
    return Open(form)


def _likely(t: Turn, accounts: list[Account], named: tuple[str, ...]) -> list[Account]:
    """The asker's own school's accounts on the sites that were named; the only one there is, if none was."""
    own = [a for a in accounts if a.school_id == t.viewer.person.school_id]
    if not named:
        return own if len(own) == 1 else []
    aliases = {"twitter": "x"}
    return [a for a in own if aliases.get(a.platform.lower(), a.platform.lower()) in named]


def _mine(t: Turn) -> list[Publication]:
    """What this person still has to publish of it."""
    return [p for p in t.case.publications if p.owner_id == t.viewer.id and not p.live_at]


def _names(t: Turn, publications: list[Publication]) -> list[tuple[str, str]]:
    names = {a.id: a.name for a in t.case.accounts}
    return [(str(p.account_id), names.get(p.account_id, "the account")) for p in publications]


def _typed(t: Turn, field: str) -> str:
    value = t.event.fields.get(field, "")
    return rules.plain(value) if isinstance(value, str) else ""
