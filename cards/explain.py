"""A kind of request in plain words: what is asked, who decides, what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.words import clause, listed

SILENT = "says nothing"
RULED_OUT = "ruled out"
ANYBODY = "Whoever asks"
OTHERWISE = "Otherwise"
NEVER_YES = "silence never means yes."


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who decides, with the article that goes before: none where the title is a phrase of its own."""

    title: str
    article: str = ""

    @property
    def words(self) -> str:
        """In a sentence."""
        return f"{self.article} {self.title}".strip()


# --- who decides ------------------------------------------------------------------------------------------------


def any_of(people: Sequence[Who]) -> str:
    """"the headteacher or CEO", "the asker's line manager or the headteacher"."""
    words = [
        each.title if each.article and i and people[i - 1].article == each.article else each.words
        for i, each in enumerate(people)
    ]
    return listed(words, "or")


def all_of(people: Sequence[Who]) -> str:
    """"both the headteacher and the CEO"."""
    words = listed(each.words for each in people)
    return f"both {words}" if len(people) == 2 else f"{words}, all of them" if len(people) > 2 else words


def steps(each: Sequence[tuple[str, str]]) -> str:
    """The steps of a way, (who, clause), one after the other."""
    words = [f"{who} {clause(number)}" for who, number in each]
    return words[0] if len(words) == 1 else f"first {', then '.join(words)}"


CENTRAL = "one of the central staff"
OWNER = "whoever runs the account"


def decider(title: str) -> Who:
    """The holder of a role, as whoever decides."""
    return Who(title, "a" if title.casefold().startswith("member of ") else "the")


def another(title: str) -> Who:
    """Somebody else with the same role."""
    return Who(f"another {title}")


def one(title: str, trust_wide: bool) -> str:
    """The holder of a role, as whoever asks: "the CEO", "a headteacher"."""
    if trust_wide:
        return f"the {title}"
    first = title.split(maxsplit=1)[0]
    vowel = first[0] in "AEFHILMNORSX" if first.isupper() else first[0].lower() in "aeiou"
    return f"{'an' if vowel else 'a'} {title}"


def asked_by(who: Sequence[str]) -> str:
    """Askers, as a condition."""
    return f"{listed(who, 'or')} asks"


def place(trust: bool, accounts: bool) -> str:
    """Whose it is for, as a condition."""
    what = "an account" if accounts else "something"
    return f"for {what} of the trust's own" if trust else f"for {what} of a school's"


def answered(label: str, options: Sequence[str]) -> str:
    """What was answered, as a condition."""
    return f"the answer to “{label}” is {listed((f'“{option}”' for option in options), 'or')}"


def way(conditions: Sequence[str], where: str, who: str, others: str) -> str:
    """Under these conditions, there, who decides; without any, `others`."""
    words = f"if {' and '.join(conditions)}" if conditions else ""
    return f"{start(', '.join(filter(None, [words, where]))) or others}: {who}"


def decided(who: str) -> str:
    """Who decides, where there is nothing to tell apart."""
    return start(who)


def start(words: str) -> str:
    """As a sentence begins."""
    return words[:1].upper() + words[1:]


# --- what is asked ----------------------------------------------------------------------------------------------


def question(label: str, required: bool, options: Sequence[tuple[str, str]], every: bool) -> str:
    """A question of the form. `options`: each answer, and why the policy rules it out. `every`: all are ticked."""
    empty = "" if required else " (may be left empty)"
    choices = [f"{option} ({RULED_OUT}: {never})" if never else option for option, never in options]
    return f"{label}{empty}{' All of these:' if every else ''} {' / '.join(choices)}".strip()


POST = "The words and pictures, the accounts that it is for, and when it should go live."


def ruled_out(never: str) -> str:
    """Why there is nobody to ask."""
    return f"The policy rules this out. {never}"


def heading(answer: bool, asks: str) -> str:
    """Who decides, or answers; where it is known who asks."""
    return f"Who {'answers' if answer else 'decides'}{f' when {asks} asks' if asks else ''}"


def as_for(title: str) -> str:
    """A kind that differs from another in its name alone."""
    return f"All is as for “{title}”."


def with_clause(words: str, number: str) -> str:
    """Something of the policy's, and where it stands."""
    return f"{words} {clause(number)}"


def check(words: str, number: str, bot_looks: bool) -> str:
    """Something that a post is looked through for."""
    return f"{with_clause(words, number)}{'; the bot looks for it too' if bot_looks else ''}"


# --- what comes of it -------------------------------------------------------------------------------------------


def effect(name: str, until: bool) -> str:
    """What an approval brings about; nothing for a post or an answer, which have more to say."""
    return {
        "account": "The account is on the register, with who runs it and what it is for.",
        "site": "The site is on the register of approved sites.",
        "device": "The device is on the register. After each use, its owner is asked whether the pictures are deleted.",
        "grant": "The permission stands on the register" + (", until the day that was asked for." if until else "."),
    }.get(name, "")


def published(number: str, days: int, remind_hours: int) -> str:
    """Who publishes an approved post."""
    return (
        f"Whoever runs the account publishes it {clause(number)}, and is reminded after {count(remind_hours, 'hour')}. "
        f"What is not live within {count(days, 'day')} is asked for again."
    )


def work(who: str, title: str, words: str, number: str, labels: Sequence[str]) -> str:
    """What somebody does once it is approved."""
    filled = f" To fill in: {'; '.join(labels)}" if labels else ""
    return f"{start(who)} has this to do: {title}. {with_clause(words, number)}{filled}"


def work_first() -> str:
    """Work comes before use."""
    return "Only when that is done can it be used."


def replies(each: Sequence[str]) -> str:
    """The ways in which a question is answered."""
    return f"The asker hears one of these: {'; '.join(each)}."


def reply(words: str, written: bool) -> str:
    """One way in which a question is answered."""
    return f"{words}{', in words that are written out' if written else ''}"


def conditions() -> str:
    """Restrictions may come with an approval."""
    return "Whoever decides can set restrictions; they stay in sight."


def training() -> str:
    """Training may be asked for."""
    return "Whoever decides can ask for training first; then it holds once the training is done."


def reviewed(months: int, number: str) -> str:
    """How often an entry is looked at again."""
    return f"Every {count(months, 'month')} its owner is asked whether it is still right {clause(number)}."


def expires(days: int) -> str:
    """How long a decision may take."""
    return f"What nobody decides within {count(days, 'day')} expires: {NEVER_YES}"


def chased(looks: tuple[int, int, int], above: str, urgent: bool) -> str:
    """What happens until then; nothing where nothing does. `looks`: to remind, again, and to ask somebody `above`."""
    remind, again, escalate = looks
    first, second = (remind, again) if remind else (again, 0)
    reminded = f"whoever has not decided after {count(first, 'hour')} is reminded" if first else ""
    reminded += f", and after {second} again" if second else ""
    above = f"the {above}" if above else "whoever is above them"
    asked = f"after {count(escalate, 'hour')} {above} is asked as well" if escalate else ""
    said = start("; ".join(filter(None, [reminded, asked])))
    if not said:
        return ""
    counts = "all hours count" if urgent else "hours of work count"
    return f"{said}: {counts}. It comes sooner where the time to go live is near."


def urgent() -> str:
    """It cannot wait until people are at work."""
    return "It is urgent: whoever decides hears of it at night and in the holidays, too."


def count(number: int, what: str) -> str:
    """"1 day", "14 days"."""
    return f"{number} {what}{'' if number == 1 else 's'}"
