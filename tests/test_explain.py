"""Packs in plain words: what docs/ says is what the packs say, and what is explained is what the route does."""

import re
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from bot.commands import packs as command
from bot.commands.ground import Refused
from handlers import documents, explain, packs
from handlers.explain import TEACHER, Asker
from handlers.rules import pack as shapes
from handlers.rules import packfile
from handlers.rules.pack import CENTRAL, Kind, Pack
from handlers.rules.packcheck import has_accounts, looked_at
from handlers.rules.route import Facts, asker_is, stages

ROOT = Path(__file__).parents[1]
GOOD = ROOT / "tests" / "packs" / "good.toml"
PACKS = {name: packfile.read(packs.bundled(name)) for name in packs.names()}
ALL = [pytest.param(pack, id=name) for name, pack in PACKS.items()]


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command says; Refused where it does not do it."""
    capsys.readouterr()
    command.app(list(words), standalone_mode=False)
    return capsys.readouterr().out


def refused(*words: str) -> str:
    with pytest.raises(Refused) as error:
        command.app(list(words), standalone_mode=False)
    return str(error.value)


# --- docs/ ------------------------------------------------------------------------------------------------------


def test_docs_say_what_the_packs_say() -> None:
    written = documents.documents(list(PACKS.values()))
    assert len(written) == len(PACKS) + 1
    for name, text in written.items():
        assert (ROOT / "docs" / name).read_text("utf-8") == text, f"docs/{name} is not what the packs say: make docs"
    there = {f"policies/{file.name}" for file in (ROOT / "docs" / "policies").iterdir()}
    assert there == set(written) - {"policies.md"}


def test_docs_explain_every_key() -> None:
    text = (ROOT / "docs" / "packs.md").read_text("utf-8")
    models = [each for each in vars(shapes).values() if isinstance(each, type) and issubclass(each, shapes.Part)]
    keys = {name for model in models for name in model.model_fields} | {"like"}
    assert len(models) > 15
    assert len(keys) > 50
    headings = ("`{}`", "`[{}]`", "`[[{}]]`", "`[{}.…]`")
    assert [key for key in sorted(keys) if not any(each.format(key) in text for each in headings)] == []
    known = {*get_args(shapes.Effect), *_values(shapes.Question, "type"), *_values(shapes.CheckRule, "find")}
    assert len(known) > 15
    assert [value for value in sorted(known) if f'`"{value}"`' not in text] == []
    assert [value for value in shapes.RELATIONS if f"`{value}`" not in text] == []


def _values(model: type[BaseModel], name: str) -> list[str]:
    return re.findall(r"'(\w+)'", str(model.model_fields[name].annotation))


def test_the_example_of_the_docs_works() -> None:
    text = (ROOT / "docs" / "packs.md").read_text("utf-8")
    route = re.search(r"^    (route = \[\n(?:    .*\n)+?    \])", text, re.MULTILINE)
    assert route
    pack = GOOD.read_text("utf-8")
    for role, named in (("head", "headteacher"), ("chief", "ceo"), ("office", "business_director")):
        pack = re.sub(rf"\b{role}\b", named, pack)
    end = pack.index("route = [  # for an account")
    pack = pack[:end] + route[1] + pack[pack.index("\n]", end) + 2 :]
    assert packfile.read(pack.replace('"upper"', '"sixth_form"').encode())


def test_every_kind_of_every_pack_is_in_the_table() -> None:
    table = documents.documents(list(PACKS.values()))["policies.md"].split("\n## ")[1]
    rows = [line for line in table.split("\n") if line.startswith("| ")][2:]
    assert len(rows) == len({kind for pack in PACKS.values() for kind in pack.kinds})
    cells = [cell.strip() for row in rows for cell in re.split(r"(?<!\\)\|", row)[2:-1]]
    assert len(cells) == len(rows) * len(PACKS)
    assert all(cells)
    assert cells.count("says nothing") == len(rows) * len(PACKS) - sum(len(pack.kinds) for pack in PACKS.values())
    ruled_out = sum(bool(kind.never) for pack in PACKS.values() for kind in pack.kinds.values())
    assert sum(cell.startswith("ruled out (") for cell in cells) == ruled_out


# --- what is explained is what is done --------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [*ALL, pytest.param(packfile.read(GOOD.read_bytes()), id="small")])
def test_one_asker_one_way_and_it_is_the_route_s(pack: Pack) -> None:
    """For everybody who can ask, with every answer: one sentence, with the clauses and titles of the route's steps."""
    seen = 0
    for (name, kind), asker in product(pack.kinds.items(), (TEACHER, CENTRAL, *pack.roles)):
        for trust, answers in product((True, False), _answers(kind)):
            role = pack.roles.get(asker)
            wide = asker == CENTRAL or (role is not None and role.trust_wide)
            if not has_accounts(kind) and trust != wide:
                continue
            facts = Facts(
                asker_is({asker} if role else set(), central=wide, owner=False), None if trust else 1,
                {field: (answer,) for field, answer in answers.items()},
            )
            ways = list(explain.ways(pack, kind, Asker(asker, trust, answers)))
            expected = stages(pack, kind, facts)
            if kind.never:
                assert ways == []
                continue
            assert len(ways) == 1, (name, asker, ways)
            assert re.findall(r" \(([^()]+)\)(?:$|, then)", ways[0]) == [stage.clause for stage in expected]
            for ask in (ask for stage in expected for ask in stage.asks):
                assert pack.role_title(ask.role).casefold() in ways[0].casefold()
            seen += 1
    assert seen >= 40


def _answers(kind: Kind) -> list[dict[str, str]]:
    questions = looked_at(kind)
    options = [[option.id for option in question.options if not option.never] for question in questions]
    return [dict(zip([q.id for q in questions], chosen, strict=True)) for chosen in product(*options)]


@pytest.mark.parametrize("pack", ALL)
def test_all_that_a_pack_says_is_explained(pack: Pack) -> None:
    text = documents.documents([pack])[f"policies/{pack.name}.md"].casefold().replace("\\", "")
    for kind in pack.kinds.values():
        words = [kind.title, kind.clause, kind.about]
        words += [kind.never or ""]
        words += [c.text for c in kind.confirmations] + [c.text for c in kind.checks] + [r.text for r in kind.replies]
        words += [] if kind.never else [q.label for q in kind.questions] + [w.text for w in kind.work]
        words += [step.clause for line in kind.route for step in line.steps]
        assert [each for each in words if each.casefold() not in text] == []
    words = [each for report in pack.reports for each in (report.title, report.text, report.clause)]
    words += [each for duty in pack.duties for each in (duty.text, duty.clause)]
    words += [role.title for role in pack.roles.values()] + [site.name for site in pack.sites]
    assert [each for each in words if each.casefold() not in text] == []


# --- the command ------------------------------------------------------------------------------------------------


def test_a_good_pack_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "check", str(GOOD)) == (
        "Small Trust: nothing is wrong. It has 5 roles, 6 kinds of request, 2 kinds of report and 2 duties.\n"
    )
    for name in PACKS:
        assert "nothing is wrong" in said(capsys, "check", name)


def test_a_bad_pack_is_told_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    text = GOOD.read_text("utf-8").replace("remind_days = 14", "remind_days = 30")
    file.write_text(text.replace('who = "office"', 'who = "x"'), "utf-8")
    assert [line.partition(": ")[2] for line in refused("check", str(file)).split("\n")] == [
        "review.remind_days: never fires: it is told to somebody else before anybody is reminded",
        "kinds.account.work[1].who: names the role 'x', which [roles] does not have",
        "duties[2].who: names the role 'x', which [roles] does not have",
    ]
    assert refused("explain", str(file)) == refused("check", str(file))


@pytest.mark.parametrize(("words", "why"), [
    (("check", "nothing.toml"), "nothing.toml cannot be read: No such file"),
    (("check", str(ROOT)), "Is a directory"),
    (("check", "a\0b"), "no name that a file can have"),
    (("check", "/dev/zero"), "too long for a pack"),
    (("explain", "lt2", "--kind", "dinner"), "no kind “dinner”. This pack has: post, "),
    (("explain", "lt2", "--asker", "pope"), "the asker “pope”. Known are: teacher, central, account_owner, "),
    (("explain", "lt2", "--answer", "who=other"), "Say which kind"),
    (("explain", "lt2", "--kind", "person_mention", "--answer", "what=x"), "These are: who."),
    (("explain", "lt2", "--kind", "person_mention", "--answer", "who"), "These are: colleague, other."),
    (("explain", "lt2", "--kind", "brand", "--answer", "who=x"), "These are: none."),
])  # fmt: skip
def test_a_command_that_cannot_be_carried_out(words: tuple[str, ...], why: str) -> None:
    assert why in refused(*words)


@pytest.mark.parametrize(("words", "there", "not_there"), [
    ("--kind account --asker teacher", "Otherwise: the head or chief (3.5)", "chair"),
    ("--kind account --asker teacher", "“For which years?” is “Older”: first the asker's line manager", "central"),
    ("--kind account --asker teacher --answer stage=upper", "then both the head and the chief (3.4)", "(3.5)"),
    ("--kind account --asker teacher --answer stage=lower", "The head or chief (3.5)", "(3.4)"),
    ("--kind account --asker head", "The chief (3.2)", "(3.5)"),
    ("--kind account --asker deputy --answer stage=upper", "another deputy or the office (3.3)", "(3.5)"),
    ("--kind account --asker central", "when one of the central staff asks\n    - The chief (3.2)", "chair"),
    ("--kind account", "If a head or one of the central staff asks: the chief (3.2)", "Whoever asks"),
    ("--kind account", "Staff (ruled out: It is for pupils only.)", "expires:\n"),
    ("--kind account", "The office has this to do: Enter it. Enter it. (3) To fill in: Where is it?", "training"),
    ("--kind post --asker teacher", "For an account of the trust's own: the chief (2)", "chair"),
    ("--kind post --asker teacher --trust", "    - The chief (2)", "the head"),
    ("--kind post --asker teacher --school", "    - The head (2)", "chief"),
    ("--kind post --asker chief --school", "    - The chair (2)", "the head"),
    ("--kind advice --asker teacher", "Who answers when a teacher asks", "Who decides"),
    ("--kind advice", "What nobody decides within 5 days expires", "14 days"),
    ("--kind advice", "Whoever has not decided after 9 hours is reminded; after 27 hours whoever is above", "14 days"),
    ("--kind mention", "Whoever asks: the person it is about (5)", "Otherwise"),
    ("--kind brand --asker teacher", "The policy rules this out. The logo is", "asks"),
    ("--kind post --asker account_owner --school", "when whoever runs the account asks\n    - The head (2)", "chief"),
    ("--kind device --asker teacher --trust", "    - The head (1)", "chief"),
    ("--kind device --asker office --school", "    - The head (1)", "chief"),
    ("--kind device --asker teacher", "Own camera or phone (the policy does not say)", "chief"),
    ("--kind device --asker head", "    - The chief (1)", "chair"),
    ("", "All is as for “Post”.", "brand"),
    ("", "Where the policy says nothing", "\n\n\n"),
])  # fmt: skip
def test_an_explanation(capsys: pytest.CaptureFixture[str], words: str, there: str, not_there: str) -> None:
    text = said(capsys, "explain", str(GOOD), *words.split())
    assert there in text
    assert not_there not in text


def test_docs_are_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert said(capsys, "docs", str(tmp_path)).count("Wrote ") == len(PACKS) + 1
    for name, text in documents.documents(list(PACKS.values())).items():
        assert (tmp_path / name).read_text("utf-8") == text
