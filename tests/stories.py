"""Stories for two worlds: a trust of one of the four packs, people and roles at random, and what happens there.

Each comes from its number alone. One report is *the* report: its steps happen in one of the two worlds only.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from random import Random
from typing import TYPE_CHECKING, Any

from cards.action import Verb
from handlers import packs
from handlers.answer import Open, Replace
from handlers.rules import packfile
from handlers.rules.pack import Pack
from storage import imports
from storage.database import Unit
from storage.evidence import Exhibit
from storage.tables import Book

if TYPE_CHECKING:
    from tests.silence import Play

THE = 0
"""The report that only one of the worlds has, among the reports of a story."""
MADE_UP = ("2" * 16, "Z" * 16, "entry-999", "22222222", "")
SAID = (
    "what waits for me", "my posts", "help", "is there a school facebook?", "which sites are approved?", "status",
    "has anybody reported me?", "report", "i want to report something", "new Instagram for the drama club",
    "may I use my own phone for the trip photos", "can I post this? What a day at the fair!", "todo", "menu",
)
SHOT = Exhibit("shot.png", "image/png", 90_000, "5" * 64, ("7" * 64,), "a key of its own")
ADDRESSES = ("https://x.example/1", "https://x.example/1/", "facebook.example/meadow", "")


@dataclass(frozen=True)
class Somebody:
    """One member of staff: where they work, what they are (with the school of it), who manages them."""

    number: int
    school: int | None
    roles: tuple[tuple[str, int | None], ...]
    manager: int | None

    @property
    def email(self) -> str:
        return f"p{self.number}@oakfield.example"


@dataclass(frozen=True)
class Step:
    """Something that happens; `of_the` only where the report is."""

    what: Callable[["Play"], Any]
    minutes: int
    of_the: bool = False


@dataclass(frozen=True)
class Story:
    """A trust, and what happens in it. `watchers`: those to whom the report must not exist."""

    pack: Pack
    staff: tuple[Somebody, ...]
    subjects: tuple[int, ...]
    reporter: int
    watchers: tuple[int, ...]
    steps: tuple[Step, ...]


# The story


@cache
def pack_of(name: str) -> Pack:
    return packfile.read(packs.bundled(name))


def story(seed: int) -> Story:
    """The story of this number."""
    chance = Random(seed)
    pack = pack_of(chance.choice(packs.names()))
    people_ = tuple(_somebody(chance, pack, number) for number in range(chance.randint(5, 12)))
    everybody = [each.number for each in people_]
    subjects = tuple(chance.sample(everybody, chance.choice((1, 1, 1, 2))))
    reporter = chance.choice([each for each in everybody if each not in subjects])
    left_out = {other.number for other in people_ for each in subjects if _beside(pack, people_, people_[each], other)}
    moves = chance.random() < 0.3
    beside = [] if moves else sorted(left_out - {reporter, *subjects})  # who stands in for whom changes in between
    watchers = (*subjects, *chance.sample(beside, min(2, len(beside))))
    others = [each for each in everybody if each not in {*left_out, *subjects}]
    steps = list(_steps(chance, pack, everybody, subjects, reporter, watchers, others, moves))
    return Story(pack, people_, subjects, reporter, watchers, tuple(steps))


def _somebody(chance: Random, pack: Pack, number: int) -> Somebody:
    school = chance.choice((0, 0, 1, None))
    names = chance.sample(sorted(pack.roles), chance.choice((0, 1, 1, 2)))
    if number == 0:
        names = ["chair"]
    held = tuple((name, None if pack.roles[name].trust_wide else school or 0) for name in names)
    return Somebody(number, school, held, chance.choice((None, *range(number))) if number else None)


def _beside(pack: Pack, everybody: tuple[Somebody, ...], subject: Somebody, other: Somebody) -> bool:
    """Whether `other` stands in for the subject, or is managed by them: told once more, in another way."""
    boss = other.manager
    while boss is not None:
        if boss == subject.number:
            return True
        boss = everybody[boss].manager
    for role, school in subject.roles:
        for held, where in other.roles:
            here = school is None or where is None or where == school
            if here and (held in pack.roles[role].cover or role in _managers(pack, held)):
                return True
    return False


def _managers(pack: Pack, role: str) -> set[str]:
    found: set[str] = set()
    while (above := pack.roles[role].above) and above not in found:
        found.add(role := above)
    return found


def _steps(
    chance: Random, pack: Pack, everybody: list[int], subjects: tuple[int, ...], reporter: int,
    watchers: tuple[int, ...], others: list[int], moves: bool,
) -> Iterator[Step]:
    concerns = [each.id for each in pack.reports]
    the = _written(chance, THE, reporter, chance.choice(concerns), subjects)
    ways: list[Callable[[], list[Step]]] = [lambda: [_meanwhile(chance, everybody)]] * 3
    ways += [lambda: _another(chance, everybody, subjects, concerns)]
    ways += [lambda: [_by_reader(chance, THE, [*watchers, *everybody], others)]] * 3
    ways += [lambda: [_by_reader(chance, chance.randint(1, 3), everybody, others)]]
    ways += [lambda: [Step(partial(_answer, slot=THE, who=reporter), chance.randint(0, 90), True)]]
    ways += [lambda: [Step(partial(_attach, slot=THE, who=reporter), chance.randint(0, 90), True)]]
    ways += [lambda: [Step(_clock, chance.choice((30, 60 * 7, 60 * 26, 60 * 80)))]]
    ways += [lambda: [_moved(chance, pack, everybody, subjects)]] * (2 * moves)
    for number in range(chance.randint(6, 14)):
        for each in the if number == 1 else chance.choice(ways)():
            yield each
            yield Step(partial(_look, who=chance.choice(watchers), door=chance.randrange(10_000)), 1)


def _written(chance: Random, slot: int, reporter: int, concern: str, about: tuple[int, ...]) -> list[Step]:
    fields = {
        "concern": [concern], "what": "Something that worries me.", "where": chance.choice(ADDRESSES),
        "about": ["staff"] if about else [chance.choice(("pupil", "unknown", "nobody"))],
        "whom": ", ".join(f"p{each}@oakfield.example" for each in about), "risk": [chance.choice(("yes", "no"))],
        "named": [chance.choice(("yes", "no"))],
    }
    drafts = [Step(partial(_draft, slot=slot, who=reporter, fields=fields), chance.randint(0, 90), slot == THE)]
    drafts *= chance.choice((1, 1, 2))
    if chance.random() < 0.4:
        drafts.append(Step(partial(_attach, slot=slot, who=reporter), chance.randint(0, 90), slot == THE))
    last = _drop if chance.random() < 0.05 else _send
    return [*drafts, Step(partial(last, slot=slot, who=reporter), chance.randint(0, 90), slot == THE)]


def _another(chance: Random, everybody: list[int], subjects: tuple[int, ...], concerns: list[str]) -> list[Step]:
    """A report that is in both worlds: about the same people, about others, about nobody on the list; by anybody."""
    about = chance.choice(((), (), subjects, tuple(chance.sample(everybody, 1))))
    who = chance.choice(everybody)
    return _written(chance, chance.randint(1, 3), who, chance.choice(concerns), about)


def _by_reader(chance: Random, slot: int, everybody: list[int], others: list[int]) -> Step:
    step = chance.choice((
        "read", "acknowledge", "note", "ask", "removal", "refer", "thank", "hand", "hand", "hand", "concerns", "recuse",
        "close", "reopen", "site", "files", "files", "",
    ))  # neither "other" nor "join": these are done with another report as well, which is in both worlds
    # To whomever it is handed; asked to take something down, or thanked, are only those to whom it may be known.
    to = chance.choice(others or [-1]) if step in ("removal", "thank") else chance.choice(everybody)
    fields = {
        "step": [step], "words": chance.choice(("As it is.", "As it is.", "")), "reason": "Spoken to.",
        "to": f"p{to}@oakfield.example" if to >= 0 else "",
    }
    what = partial(_handle, slot=slot, which=chance.randrange(3), fields=fields, reads=step == "read")
    return Step(what, chance.randint(0, 200), slot == THE)


def _moved(chance: Random, pack: Pack, everybody: list[int], subjects: tuple[int, ...]) -> Step:
    """Somebody gets a role, very likely one of those whom the report is about; or somebody else leaves."""
    others = [each for each in everybody if each not in subjects]
    role = chance.choice((None, *pack.roles, *pack.roles))
    who = chance.choice(others) if role is None else chance.choice((*subjects, *subjects, *everybody))
    return Step(partial(_move, who=who, role=role, school=chance.randrange(2)), chance.randint(0, 90))


def _meanwhile(chance: Random, everybody: list[int]) -> Step:
    who, said = chance.choice(everybody), chance.choice(SAID)
    verb = chance.choice((Verb.SAY, Verb.SAY, Verb.HOME, Verb.WAITING, Verb.MINE, Verb.HELLO))
    return Step(partial(_ask, who=who, verb=verb, said=said), chance.randint(0, 300))


def with_leavers(told: Story) -> Story:
    """The same; then an administrator, who watches, hands on what waits for everybody: who reads it is among them."""
    keeper = len(told.staff)
    steps = [Step(partial(_hand_over, keeper=keeper, leaver=each, to=(each + 1) % keeper), 5)
             for each in (*told.subjects, *range(keeper))]
    looks = Somebody(keeper, None, ((told.pack.administrator, None),), None)
    return replace(told, staff=(*told.staff, looks), watchers=(*told.watchers, keeper), steps=(*told.steps, *steps))


# What people do


async def _draft(play: "Play", slot: int, who: int, fields: Mapping[str, Any]) -> None:
    answer = await play.event(who, Verb.DRAFT_REPORT, play.reports.get(slot, ""), fields=fields)
    if isinstance(answer, Open) and answer.form.action.subject:
        play.reports[slot] = answer.form.action.subject
        play.reporters[slot] = who


async def _attach(play: "Play", slot: int, who: int) -> None:
    await play.event(who, Verb.ADD_EVIDENCE, play.reports.get(slot, ""), exhibits=(SHOT,))


async def _send(play: "Play", slot: int, who: int) -> None:
    await play.event(who, Verb.SEND_REPORT, play.reports.get(slot, ""))


async def _drop(play: "Play", slot: int, who: int) -> None:
    await play.event(who, Verb.DROP_REPORT, play.reports.get(slot, ""))


async def _answer(play: "Play", slot: int, who: int) -> None:
    await play.event(who, Verb.ADD_TO_REPORT, play.reports.get(slot, ""), fields={"words": "It was there at eight."})


async def _handle(play: "Play", slot: int, which: int, fields: Mapping[str, Any], reads: bool) -> None:
    report = play.reports.get(slot, "")
    if readers := await play.unit(lambda u: play.readers(u, report)):
        verb = Verb.READ_REPORT if reads else Verb.ACT_ON_REPORT
        await play.event(readers[which % len(readers)], verb, report, fields=fields)


async def _move(play: "Play", who: int, role: str | None, school: int) -> None:
    def write(u: Unit) -> None:
        if role is None:
            imports.end_people(u, [play.first + who])
            return
        place = None if play.story.pack.roles[role].trust_wide else play.schools[school]
        imports.add_roles(u, [{"person_id": play.first + who, "role": role, "school_id": place}])

    await play.unit(write)


async def _hand_over(play: "Play", keeper: int, leaver: int, to: int) -> None:
    fields = {"leaver": f"p{leaver}@oakfield.example", "to": f"p{to}@oakfield.example"}
    answer = await play.told(keeper, Verb.HAND_ON, fields=fields)
    press = answer.card.buttons[0].action if isinstance(answer, Replace) else None
    if press and press.verb == Verb.HAND_ON:
        assert "Handed over" in repr(await play.told(keeper, Verb.HAND_ON, arg=press.arg))
    await play.told(keeper, Verb.COVERS, arg="all")


async def _clock(play: "Play") -> None:
    await play.clock()


async def _look(play: "Play", who: int, door: int) -> None:
    await play.look(who, door)


async def _ask(play: "Play", who: int, verb: Verb, said: str) -> None:
    await play.event(who, verb, text_=said)


# The doors


def doors(report: str) -> list[tuple[Verb, dict[str, Any]]]:
    """Everything that can be asked of the desk, with the report's number where there is room for one."""
    acts = [Verb.READ_REPORT, Verb.ACT_ON_REPORT, Verb.ADD_TO_REPORT, Verb.SEND_REPORT, Verb.DROP_REPORT, Verb.OPEN,
            Verb.EDIT, Verb.APPROVE, Verb.ENTRY, Verb.KEEP, Verb.ADD_EVIDENCE]
    tried = zip(acts, MADE_UP, strict=False)
    files = [Verb.ADD_EVIDENCE, Verb.ADD_TO_REPORT, Verb.SEND_REPORT]
    fields = {"step": ["note"], "words": "What is it?", "done": ["yes"], "to": "p0@oakfield.example", "reason": "x"}
    return [
        *((verb, {"subject": report, "fields": fields, "version": 2}) for verb in acts),
        *((verb, {"subject": subject, "fields": fields, "version": 1}) for verb, subject in tried),
        *((verb, {}) for verb in (Verb.HOME, Verb.WAITING, Verb.MINE, Verb.HELP, Verb.MENU, Verb.REPORT, Verb.HELLO)),
        *((Verb.SAY, {"text_": said}) for said in SAID[:9]),
        *((verb, {"subject": report, "fields": fields, "exhibits": (SHOT,)}) for verb in files),
        *((Verb.SAY, {"text_": said, "exhibits": (SHOT,)}) for said in ("", "look at this", SAID[6])),
        (Verb.ACT_ON_REPORT, {"subject": report, "fields": {"step": ["files"]}}),
        *((Verb.REGISTER, {"arg": f"{book} 0 {about}"}) for book, about in (
            (Book.ACCOUNT, ""), (Book.ACCOUNT, "mine"), (Book.SITE, "facebook"), (Book.DEVICE, ""))),
        *((Verb.ENTRY, {"subject": f"entry-{number}"}) for number in (1, 2, 3)),
    ]
