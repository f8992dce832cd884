"""What people are told when something cannot be done. Every refusal is kind and says what happens next."""

from collections.abc import Sequence
from datetime import datetime

from cards import behalf
from cards.words import Calendar, listed
from storage.tables import Case, Outcome, State


def something_broke(code: str) -> str:
    """A fault of ours."""
    return (
        "That did not work, and nothing was changed. Please try once more. "
        f"If it happens again, quote {code} to whoever looks after Can I Post."
    )


def stranger(administrators: Sequence[str]) -> str:
    """Somebody who is not on the staff list."""
    who = listed(administrators) or "Whoever set me up"
    return f"I don't know you yet. I only work for staff on the trust's list; {who} looks after it."


def unseen() -> str:
    """There is no such request, or it is none of theirs: which of the two is not said."""
    return "I cannot find that, or it is not for you. Nothing was changed."


def kind_gone() -> str:
    """The rules have no such kind of request, or have none any more."""
    return "The policy has changed, and this cannot be asked for so any more. “Something else” shows what can be."


def unknown() -> str:
    """A press that no button of ours makes."""
    return "I don't know what to do with that, so I changed nothing. Write “help” to see what I can do."


def only_asker(case: Case) -> str:
    """Only whoever asked can do this."""
    return f"Only {case.asker.name}, who asked, can do that. Nothing was changed."


def only_approver(deciders: str) -> str:
    """Only the routed approver, or whoever stands in, can decide."""
    who = deciders or "nobody on the staff list at present"
    return f"Only {who} can decide this one. You can look at it, but not decide."


def decides_now(deciders: str) -> str:
    """Somebody whom it waited for once, and whose role or task that is no more, pressed a card of that time."""
    now = f": {deciders.rstrip(',')} has it now" if deciders else ""
    return f"This no longer waits for you{now}. Nothing was changed."


def own_post() -> str:
    """Nobody decides on their own post."""
    return "This is your own post, and nobody approves their own. It waits for somebody else. Nothing was changed."


def only_owner(case: Case) -> str:
    """Only the account's owner can say that it is live."""
    who = listed(dict.fromkeys(case.people[p.owner_id].name for p in case.publications))
    return f"Only {who or 'whoever runs the account'}, who runs the account, can do that. Nothing was changed."


def only_worker(workers: Sequence[str]) -> str:
    """Only whoever has the work can say that it is done."""
    who = " or ".join(dict.fromkeys(workers)) or "whoever has it"
    return f"Only {who} can say that this is done. Nothing was changed."


def only_last_decider() -> str:
    """A decision can be taken back by whoever made it, until it is live."""
    return "Only whoever decided it can take that back, and only before it is live. Nothing was changed."


def not_now(case: Case, now: datetime, viewer_id: int) -> str:
    """A late or second press of this viewer's: what has happened meanwhile."""
    request = case.request
    last = case.decisions[-1] if case.decisions else None
    names = {a.id: a.name for a in case.accounts}
    if live := [names.get(p.account_id, "another account") for p in case.publications if p.live_at]:
        return f"It is live already on {listed(live)}. Nothing was changed."
    if last and request.state in (State.APPROVED, State.CHANGES, State.DECLINED) and last.outcome != Outcome.TAKEN_BACK:
        words = {State.APPROVED: "approved", State.CHANGES: "sent back for changes", State.DECLINED: "declined"}
        by = "you" if last.decider_id == viewer_id else case.people[last.decider_id].name
        when = Calendar(case.zone, now).tell(last.at) + behalf.of(case, last)
        return f"Already {words[State(request.state)]} by {by}, {when}. Nothing was changed."
    words = {
        State.DRAFT: "not sent yet", State.SUBMITTED: "waiting for a decision", State.PUBLISHED: "live already",
        State.WITHDRAWN: f"withdrawn by {case.asker.name}", State.EXPIRED: "expired", State.LAPSED: "lapsed",
    }
    return f"It is {words.get(State(request.state), request.state)}. Nothing was changed."


def stale() -> str:
    """It changed after the presser's card was made."""
    return "This changed since you saw it, so I did nothing yet. Here it is as it stands now."


def too_long(count: int, limit: int) -> str:
    """The words do not fit a post."""
    return f"That is {count:,} characters, and a post takes {limit:,}. Please shorten it and send it again."


def no_accounts(administrators: Sequence[str]) -> str:
    """The register is empty, so nothing can be posted anywhere."""
    who = listed(administrators) or "Whoever set me up"
    return f"There is no official account on the register yet, so there is nowhere to post. {who} looks after it."


def draft_coming(problems: Sequence[str]) -> str:
    """The draft is in the private chat."""
    return " ".join(["Here is your draft in our chat. Nothing has been sent yet.", *problems])
