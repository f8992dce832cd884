"""`canipost policy ask`: one question, or a file of them; every answer word for word from the document."""

import json
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cards import policy_find as cards
from storage import people, question
from storage.database import Database, Unit
from tests.shell import Shell
from tests.test_commands import trust as trust  # noqa: PLC0414

SAMPLE = Path(__file__).parents[1] / "policies" / "sample" / "policy.md"
WHO = "who has to see a post before it goes live"
PARKING = "where can i park on inset days"


@pytest.fixture
def holding(trust: Shell) -> Shell:
    """A shell whose trust has its policy."""
    shutil.copy(SAMPLE, trust.folder / "policy.md")
    trust.good("policy", "import", "policy.md", "--version", "1", "--effective", "2021-04-01", "--yes")
    return trust


def test_one_question_is_answered_in_the_documents_own_words(holding: Shell) -> None:
    said = holding.good("policy", "ask", "--pack", "lt2", WHO)
    assert said.startswith("§7.3(5)  ") and "The headteacher has seen the post and said yes." in said
    assert "version 1" in said and "1 Apr 2021" in said
    answered = json.loads(holding.good("policy", "ask", "--json", WHO))
    assert answered["answered"] and answered["answers"][0]["clause"] == "§7.3(5)"
    assert cards.SILENT in holding.good("policy", "ask", PARKING)
    assert json.loads(holding.good("policy", "ask", "--json", PARKING)) == {"answered": False, "answers": []}


def test_a_file_of_questions_gives_a_line_for_each(holding: Shell) -> None:
    asked = [{"id": "a", "pack": "lt2", "question": WHO}, {"id": 2, "pack": "lt2", "question": PARKING, "more": 1}]
    (holding.folder / "asked.jsonl").write_text("\ufeff" + "\n\n".join(map(json.dumps, asked)) + "\n", "utf-8")
    lines = [json.loads(line) for line in holding.good("policy", "ask", "--batch", "asked.jsonl").splitlines()]
    assert [(line["id"], line["answered"]) for line in lines] == [("a", True), (2, False)]
    text = SAMPLE.read_text("utf-8")
    assert 1 <= len(lines[0]["answers"]) <= 5
    assert all(each["quote"] in text and each["score"] > 0 for each in lines[0]["answers"])


def test_what_cannot_be_asked_is_said_kindly(trust: Shell) -> None:
    assert "policy import" in trust.bad("policy", "ask", WHO)
    assert cards.ONE_OF in trust.bad("policy", "ask")
    assert cards.ONE_OF in trust.bad("policy", "ask", WHO, "--batch", "asked.jsonl")
    assert "cannot be read" in trust.bad("policy", "ask", "--batch", "asked.jsonl")
    for line in ("{", "[]", '{"id": "a", "pack": "lt2"}', '{"id": "a", "pack": 1, "question": "x"}'):
        (trust.folder / "asked.jsonl").write_text(f"\n{line}\n", "utf-8")
        assert "line 2" in trust.bad("policy", "ask", "--batch", "asked.jsonl")
    (trust.folder / "asked.jsonl").write_bytes(b"\xff\xfe\xff")
    assert "cannot be read" in trust.bad("policy", "ask", "--batch", "asked.jsonl")
    (trust.folder / "asked.jsonl").write_text('{"id": "a", "pack": "other", "question": "x"}', "utf-8")
    assert "--trust" in trust.bad("policy", "ask", "--batch", "asked.jsonl")


def test_what_is_asked_most_is_counted_without_names(trust: Shell) -> None:
    assert cards.nothing_asked(90) in trust.good("policy", "asked")

    def count(u: Unit) -> None:
        u.act_for(people.trusts(u)[0], datetime.now(UTC))
        question.count(u, "who-applies-volunteers", more=3, unsaid=2, good=1)
        question.count(u, "", more=5)
        question.count(u, "no topic any more", more=1)

    with closing(Database(f"sqlite:///{trust.folder / 'canipost.db'}")) as database:
        database.run_now(count)
    others, volunteers = trust.good("policy", "asked", "--days", "7").splitlines()
    assert others == "    6  Other things, each in its own words"
    assert volunteers.startswith("    3  Do volunteers, governors, trustees")
    assert volunteers.endswith("?; no answer in the policy twice; it helped once")
