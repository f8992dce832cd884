"""Every other permission: the answers to a kind's questions, and what is still missing from them."""

import hashlib
import json
import re
import textwrap
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from handlers.rules.names import called
from handlers.rules.pack import Confirmation, Kind, Question
from handlers.rules.post import Missing, chosen_in, is_number, plain, typed
from storage.tables import Person

LIMITS = {"line": 150, "text": 3000}
FARTHEST = timedelta(days=366 * 3)
PLAIN = frozenset((
    "group", "channel", "page", "copyright", "confidential", "colleague", "paid", "conflict", "training",
))
"""Options that whoever says such a word means."""
FOR = re.compile(
    r"\bfor (?:the |our |my |a )?(?P<whom>[^,.;:?!\n]{2,60}?)(?= (?:so|to|because|pls|please)\b|[,.;:?!\n]|$)"
)
"""Whom a new account is for."""


class PermissionContent(BaseModel):
    """All that is decided on: the answers by question, and the boxes that were ticked."""

    model_config = ConfigDict(frozen=True)
    answers: dict[str, list[str]] = {}
    confirmed: tuple[str, ...] = ()
    accounts: tuple[int, ...] = ()
    """The accounts that it is about; they stand in the answers, too."""
    staff: tuple[int, ...] = ()
    """The members of staff who are named in it, likewise."""
    words: str = ""
    """Of a draft: the words in which it was asked for."""
    among: tuple[str, ...] = ()
    """Of a draft: the kinds that those words may mean, where it is not clear which."""
    unnamed: bool = False
    """Whoever answers is not told who asks."""

    def row(self) -> dict[str, Any]:
        """As it is stored."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """SHA-256 of the content."""
        row = {**self.row(), "confirmed": sorted(self.confirmed)}
        return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()

    def said(self, question: str) -> str:
        """The one answer to a question, or nothing."""
        return next(iter(self.answers.get(question, [])), "")


def field(question: Question) -> str:
    """The form's field for a question."""
    return f"q_{question.id}"


def read(
    fields: Mapping[str, Any], questions: Sequence[Question], confirmations: Sequence[Confirmation],
    staff: Collection[Person],
) -> tuple[PermissionContent, dict[str, str]]:
    """A form's answers, and the fields that cannot stay as they are: field → why. Nothing typed is lost."""
    problems: dict[str, str] = {}
    answers = {}
    for question in questions:
        given = _given(fields, question)
        if question.type == "person" and given:
            given, problem = _somebody(given[0], staff)
            problems |= {field(question): problem} if problem else {}
        if given:
            answers[question.id] = given
    ticked = tuple(c.id for c in confirmations if fields.get(f"confirm_{c.id}") == "yes")
    chosen, named = _numbers(questions, answers, "account"), _numbers(questions, answers, "person")
    return PermissionContent(answers=answers, confirmed=ticked, accounts=chosen, staff=named), problems


def begun(said: str, platform: str, kind: Kind, staff: Collection[Person]) -> PermissionContent:
    """The draft of what was asked for in these words: they stand where they fit, and nothing is made up.

    `platform`: the site that they name, by its name.
    """
    answers: dict[str, list[str]] = {}
    names = {"account": _for_whom(said), "site": platform}
    for question in kind.questions:
        known = {"platform": platform, "name": names.get(kind.effect, "")}.get(question.id)
        if found := [known] if known else _from_words(question, said, staff):
            answers[question.id] = found
    if (place := _for_words(kind.questions)) and place.id not in answers:
        short = textwrap.shorten(said, LIMITS["line"], placeholder=" …")
        answers[place.id] = [short if place.type == "line" else said[: LIMITS["text"]]]
    named = _numbers(kind.questions, answers, "person")
    return PermissionContent(answers=answers, staff=named, words=said[: LIMITS["text"]])


def on_site(kind: Kind, platform: str) -> PermissionContent:
    """The beginning of a form about this platform, or about none."""
    wanted = "platform" if kind.effect == "account" else "name" if kind.effect == "site" else ""
    known = platform and any(question.id == wanted for question in kind.questions)
    return PermissionContent(answers={wanted: [platform]} if known else {})


def _for_words(questions: Sequence[Question]) -> Question | None:
    """The question that takes the words as they came."""
    lines = sorted((q for q in questions if q.type == "line"), key=lambda q: q.id != "purpose")
    return next(iter([*(q for q in questions if q.type == "text"), *lines]), None)


def _from_words(question: Question, said: str, staff: Collection[Person]) -> list[str]:
    """What the words choose."""
    if question.type == "person":
        named = [str(p.id) for p in staff if _mentioned(p, said)]
        return named if len(named) == 1 else []
    if question.type == "choice":
        chosen = [o.id for o in question.options if o.id in PLAIN and re.search(rf"\b{o.id}\b", said, re.IGNORECASE)]
        return chosen if len(chosen) == 1 else []
    return []


def _mentioned(person: Person, said: str) -> bool:
    """By their name, or its first and last word, such as "Mr Hale"."""
    parts = [re.escape(part) for part in person.name.split()]
    return bool(re.search(rf"\b{parts[0]} (?:{' '.join(parts[1:-1])} )?{parts[-1]}\b", said, re.IGNORECASE))


def _for_whom(said: str) -> str:
    """What a new account would be called: after those for whom it is."""
    found = FOR.search(said)
    return found["whom"][:1].upper() + found["whom"][1:] if found else ""


def missing(content: PermissionContent, kind: Kind, today: date, accounts: Collection[int]) -> dict[str, str]:
    """What keeps these answers from being sent: field → why. Empty: complete."""
    found = unanswered(content, kind.questions, today, accounts)
    unticked = {c.id for c in kind.confirmations} - set(content.confirmed)
    return found | {f"confirm_{c}": Missing.NOT_CONFIRMED for c in sorted(unticked)}


def unanswered(
    content: PermissionContent, questions: Sequence[Question], today: date, accounts: Collection[int]
) -> dict[str, str]:
    """The questions whose answers cannot be taken: field → why."""
    return {field(q): why for q in questions if (why := _wrong(q, content.answers.get(q.id, []), today, accounts))}


def ruled_out(content: PermissionContent, questions: Sequence[Question]) -> dict[str, str]:
    """The chosen answers that the policy rules out: field → what the pack says to them."""
    return {
        field(q): option.never
        for q in questions for option in q.options
        if option.never and option.id in content.answers.get(q.id, [])
    }


def day(text: str) -> date | None:
    """An answered day."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _numbers(questions: Sequence[Question], answers: Mapping[str, list[str]], of_type: str) -> tuple[int, ...]:
    chosen = [each for q in questions if q.type == of_type for each in answers.get(q.id, [])]
    return tuple(int(each) for each in chosen if is_number(each))


def _given(fields: Mapping[str, Any], question: Question) -> list[str]:
    """What came for a question, as far as its type can take it."""
    name = field(question)
    if question.type in ("choice", "choices"):
        known = {option.id for option in question.options}
        chosen = [each for each in chosen_in(fields, name) if each in known]
        return chosen if question.type == "choices" else chosen[:1]
    if question.type == "account":
        return chosen_in(fields, name)[:1]
    words = plain(typed(fields, name))
    return [words] if words else []


def _wrong(question: Question, given: Sequence[str], today: date, accounts: Collection[int]) -> str:
    if not given:
        return Missing.EMPTY_ANSWER if question.required else ""
    if question.every and len(given) < len(question.options):
        return Missing.NOT_CONFIRMED
    if question.type == "account":
        return "" if is_number(given[0]) and int(given[0]) in accounts else Missing.UNKNOWN
    if question.type == "day":
        return _wrong_day(given[0], today)
    limit = LIMITS.get(question.type)
    return Missing.TOO_LONG_ANSWER if limit and len(given[0]) > limit else ""


def _wrong_day(text: str, today: date) -> str:
    chosen = day(text)
    if chosen is None:
        return Missing.NO_DAY
    if chosen < today:
        return Missing.PAST_DAY
    return Missing.TOO_FAR if chosen > today + FARTHEST else ""


def _somebody(words: str, staff: Collection[Person]) -> tuple[list[str], str]:
    """The member of staff who is meant, by number; or the words as they came, and why they do not do."""
    meant = called(words, staff)
    if len(meant) == 1:
        return [str(meant[0].id)], ""
    return [words], Missing.SEVERAL_PEOPLE if meant else Missing.NOBODY
