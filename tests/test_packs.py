"""Packs: every way to break one is refused with its line, key and reason; a mutated one never gives a traceback."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import packs
from handlers.rules import pack, packcheck, packfile
from handlers.rules.packfile import MOST_BYTES, MOST_FAULTS, BadPack
from handlers.rules.packlines import lines

HERE = Path(__file__).parent / "packs"
POLICIES = Path(__file__).parents[1] / "policies"
GOOD = (HERE / "good.toml").read_text("utf-8")
BROKEN: list[dict[str, Any]] = tomllib.loads((HERE / "broken.toml").read_text("utf-8"))["broken"]
MARK = "«"
TOO_MANY = "looks at too many answers together: nobody could say who decides"
NO_POST = "lacks the kind post: what may be posted is what everybody asks"


def refused(text: str | bytes) -> list[str]:
    """What is said of a file that is no good pack."""
    with pytest.raises(BadPack) as error:
        packfile.read(text if isinstance(text, bytes) else text.encode())
    assert str(error.value) == "\n".join(map(str, error.value.found))
    return str(error.value).split("\n")


def expected(text: str, said: str) -> str:
    """What a line of broken.toml means: "words → key: reason", or the reason alone for the line with the mark."""
    words, arrow, reason = said.rpartition(" → ")
    before, found, _ = text.partition(words if arrow else MARK)
    assert found, f"{words or MARK} is not there"
    return f"line {before.count(chr(10)) + 1}: {reason}"


def test_the_good_pack_is_good() -> None:
    assert packfile.read(GOOD.encode()).name == "small"


@pytest.mark.parametrize("case", BROKEN, ids=[each["name"] for each in BROKEN])
def test_a_broken_pack_is_refused(case: dict[str, Any]) -> None:
    assert GOOD.count(case["old"]) == 1, "what is replaced is not there, or more than once"
    text = GOOD.replace(case["old"], case["new"])
    assert refused(text.replace(MARK, "")) == [expected(text, said) for said in case["said"]]


def test_the_corpus_is_large_and_has_every_reason() -> None:
    """Every sentence of the two checkers is in the corpus; one that can never be said is not needed."""
    assert len(BROKEN) >= 120
    assert len({each["name"] for each in BROKEN}) == len(BROKEN)
    said = "\n".join(words for each in BROKEN for words in each["said"]) + TOO_MANY + NO_POST
    raised = [each for call in ("PydanticCustomError", "ValueError") for each in _sentences(pack, call)]
    reasons = [*_sentences(packcheck, "Fault"), *raised]
    shapes = re.findall(r'^        "\w+": f?"(.*?)",$', Path(packfile.__file__).read_text("utf-8"), re.MULTILINE)
    assert len(reasons) > 25
    assert len(shapes) > 12
    for reason in [*reasons, *(max(re.split(r"\{[^{}]*\}", shape), key=len) for shape in shapes)]:
        assert reason.strip() in said, f"no pack of the corpus is told: {reason}"


def _sentences(module: ModuleType, call: str) -> Iterator[str]:
    """The longest fixed part of each sentence that a module makes a fault or an error with."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call and node.args:
            texts = [each for arg in node.args for each in ([arg] if isinstance(arg, ast.Constant) else ast.walk(arg))]
            parts = [each.value for each in texts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if any(" " in part for part in parts):
                yield max(parts, key=len)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1: name: is missing"),
        (b"\n\n# nothing yet\n", "line 1: kinds: is missing"),
        (GOOD.encode("utf-16"), "line 1: is no UTF-8 text"),
        (GOOD.replace("Online Policy", "Café").encode("latin-1"), "line 4: is no UTF-8 text"),
        (b"PK\x03\x04\xff\xfe\x00", "line 1: is no UTF-8 text"),
        (b"name = \"a\"\nb = \"\x00\"\n", "line 2: is no TOML: Illegal character '\\x00'"),
        (b"#" * (MOST_BYTES + 1), "line 1: is too long for a pack: it takes 500,000 bytes"),
        (b"a = " + b"[" * 100_000, "line 1: is nested too deeply"),
        (b"a = " + b"{a=" * 50_000, "line 1: is nested too deeply"),
        (b"a = " + b"9" * 5_000, "line 1: is no TOML: a value in it cannot be read"),
        (b"".join(b"[kinds.k%d]\nlike = \"k%d\"\n" % (n, n + 1) for n in range(5_000)), "line 1: is nested too deeply"),
    ],
)
def test_a_file_that_is_no_pack_at_all(data: bytes, said: str) -> None:
    assert said in refused(data)


@pytest.mark.parametrize("data", [
    GOOD.encode("utf-8-sig"),
    GOOD.replace("\n", "\r\n").encode(),
    GOOD.rstrip("\n").encode(),
    GOOD.replace("    {", "\t{").encode(),
], ids=["BOM", "CRLF", "no last line end", "tabs"])
def test_what_editors_do_to_a_file(data: bytes) -> None:
    assert packfile.read(data) == packfile.read(GOOD.encode())


def test_a_windows_file_is_refused_by_the_same_lines() -> None:
    text = GOOD.replace("expire_days = 14", "expire_days = 0").replace('clause = "3.2"', "clause = 3.2")
    assert refused(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == refused(text)


def test_every_fault_is_told_at_once() -> None:
    text = GOOD.replace('escalate_to = "chief"', 'escalate_to = "x"').replace("remind_days = 14", "remind_days = 40")
    assert [each.split(": ")[1] for each in refused(text)] == ["review.remind_days", "review.escalate_to"]


def test_too_much_of_anything() -> None:
    roles = "".join(f'r{n} = {{ title = "r" }}\n' for n in range(60))
    assert "line 9: roles: has more than 60 entries" in refused(GOOD.replace("[roles]\n", "[roles]\n" + roles))
    options = ", ".join(f'{{ id = "o{n}", text = "o" }}' for n in range(99))
    questions = ", ".join(f'{{ id = "q{n}", label = "Q?", type = "choice", options = [{options}] }}' for n in range(4))
    fields = ", ".join(f'q{n} = ["o1"]' for n in range(4))
    text = GOOD.replace('questions = [{ id = "who"', f'questions = [{questions}, {{ id = "who"')
    found = refused(text.replace("route = [{ steps", f"route = [{{ field = {{ {fields} }}, steps"))
    assert [each.split(": ", 1)[1] for each in found] == [
        f"kinds.mention.route: {TOO_MANY}"
    ]


def test_a_pack_without_posts() -> None:
    text = GOOD.replace("kinds.post", "kinds.note").replace('like = "post"', 'like = "note"')
    assert refused(text) == [expected(text, f"[kinds.note] → kinds: {NO_POST}")]


def test_a_file_full_of_faults_is_told_in_no_time() -> None:
    keys = "".join(f"k{n} = {n}\n" for n in range(30_000))
    text = GOOD.replace("[kinds.brand]\n", f"[kinds.brand]\n{keys}") + '[kinds.logo]\nlike = "brand"\n'
    assert 100 < len(refused(text)) <= MOST_FAULTS


def test_a_kind_s_faults_are_not_told_again_for_those_that_are_like_it() -> None:
    found = refused(GOOD.replace('find = "full_name"', 'find = "names"'))
    assert len(found) == 1
    assert "kinds.post.checks[1].find" in found[0]


def test_the_line_of_everything() -> None:
    text = (
        '# [no.table]\na."b.c" = """\nx = 1\n[[y]]\n"""\n'
        'd = [\n  ["1", "]"],\n  { e = 1, f = { g = \'}\' } },  # [h]\n]\n'
        "[[t]]\nu = 1979-05-27 07:32:00\n[[t]]\n[t.v.w]\nk = 1.5\n[[t.x]]\n[t.x.z]\n"
    )
    tomllib.loads(text)
    assert lines(text) == {
        ("a",): 2, ("a", "b.c"): 2, ("d",): 6, ("d", 0): 7, ("d", 0, 0): 7, ("d", 0, 1): 7, ("d", 1): 8,
        ("d", 1, "e"): 8, ("d", 1, "f"): 8, ("d", 1, "f", "g"): 8, ("t",): 10, ("t", 0): 10, ("t", 0, "u"): 11,
        ("t", 1): 12, ("t", 1, "v"): 13, ("t", 1, "v", "w"): 13, ("t", 1, "v", "w", "k"): 14,
        ("t", 1, "x"): 15, ("t", 1, "x", 0): 15, ("t", 1, "x", 0, "z"): 16,
    }


@pytest.mark.parametrize("name", packs.names())
def test_every_value_of_the_packs_has_its_line(name: str) -> None:
    """Each path that pydantic could complain of is found, on a line on which its value stands."""
    text = (POLICIES / f"{name}.toml").read_text("utf-8")
    where, rows = lines(text), text.split("\n")
    values = list(_values(tomllib.loads(text), ()))
    assert len(values) > 200
    for path, value in values:
        assert str(value) in rows[where[path] - 1] or str(value).lower() in rows[where[path] - 1], path


def _values(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(node, (dict, list)):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _values(value, (*path, key))
    else:
        yield path, node


ROWS = GOOD.split("\n")
VALUES = st.sampled_from([
    "1", "0", "-1", "1.5", "nan", "true", '""', '"x"', "[]", "{}", "[[]]", "[{}]",
    '["head"]', '["chief", "chief"]', '"head"',
    "1979-05-27", '"""', "[", "{ a = 1", "'''\n'''", "[\n]", '{ id = "x" }',
    '"\\u0000"', '"' + "x" * 500 + '"', '"post"',
])


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The good pack after a few slips: a line lost, doubled, moved, joined; a value or a word replaced."""
    rows = list(ROWS)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(rows) - 1))
        match draw(st.sampled_from(["lose", "double", "move", "value", "word", "character", "cut"])):
            case "lose":
                del rows[at]
            case "double":
                rows.insert(at, rows[at])
            case "move":
                rows.insert(draw(st.integers(0, len(rows) - 1)), rows.pop(at))
            case "value":
                rows[at] = re.sub(r"= *[^,=]+?(?=[,}\]]|$)", lambda _: "= " + draw(VALUES), rows[at], count=1)
            case "word":
                rows[at] = re.sub(r"\w+", lambda _: draw(st.sampled_from(WORDS)), rows[at], count=1)
            case "character":
                rows[at] += draw(st.characters(codec="utf-8"))
            case "cut":
                rows[at] = rows[at][: draw(st.integers(0, len(rows[at])))]
        rows = rows or [""]
    return "\n".join(rows)


WORDS = sorted(set(re.findall(r"\w+", GOOD)))


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_a_slip_is_a_bad_pack_or_a_good_one_and_never_a_traceback(text: str) -> None:
    try:
        packfile.read(text.encode())
    except BadPack as error:
        assert error.found
        count = text.replace("\r\n", "\n").count("\n") + 1
        assert all(1 <= each.line <= count and each.reason for each in error.found)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_anything_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(BadPack):
        packfile.read(data)
