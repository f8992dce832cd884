"""`python -m bench.policy_import --policies FOLDER [--questions FILE]`: are real policies read as they are cited?

FOLDER holds a document for each pack to be tried: PACK.txt, PACK.docx, PACK-anything.pdf and so on. FILE has one
JSON object a line: `pack`, `clauses` (the numbers that have to be there) and `quote` (words that stand in one of them).
It ends with 1 where something is wrong.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import tell
from handlers import packs
from handlers.rules import packfile
from handlers.rules.policy import cite
from handlers.rules.policy.document import Document, read

ROUNDS = 5


def main() -> int:
    """Read every document, and hold it against what is known of it."""
    asked = argparse.ArgumentParser(prog="python -m bench.policy_import", description=__doc__)
    asked.add_argument("--policies", type=Path, required=True, help="a folder with a document for each pack")
    asked.add_argument("--questions", type=Path, help="clauses that have to be there, with words that stand in them")
    given = asked.parse_args()
    lines = given.questions.read_text("utf-8").splitlines() if given.questions else []
    questions = [json.loads(line) for line in lines if line.strip()]
    wrong = 0
    for file in sorted(given.policies.iterdir()):
        pack = re.split(r"[-.]", file.name)[0]
        if pack in packs.names():
            wrong += _measured(file, [each for each in questions if each["pack"] == pack and each["clauses"]])
    return 1 if wrong else 0


def _measured(file: Path, questions: Sequence[Mapping[str, Any]]) -> int:
    content, taken = file.read_bytes(), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        document = read(file.name, content)
        taken.append((time.perf_counter() - began) * 1000)
    faults = list(_faults(file, document, questions))
    for fault in faults:
        print(f"{file.name}: {fault}", file=sys.stderr)
    tell(f"policy-import {file.name}", median(taken), "ms", ROUNDS, clauses=len(document.clauses),
         characters=len(document.text), questions=len(questions), wrong=len(faults))
    return len(faults)


def _faults(file: Path, document: Document, questions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    known = {each.number: each for each in document.clauses}
    at = 0
    for each in document.clauses:
        if each.start < at or document.text[each.start : each.end] != each.text:
            yield f"{each.number} is no span of its own"
        at = each.end
    pack = packfile.read(packs.bundled(re.split(r"[-.]", file.name)[0]))
    yield from (f"{each}, which the pack cites, is missing" for each in cite.missing(pack, known))
    for each in questions:
        absent = [number for number in each["clauses"] if number not in known]
        yield from (f"{number}, which {each['id']} names, is missing" for number in absent)
        if not any(_flat(each["quote"]) in _flat(known[number].text) for number in each["clauses"] if number in known):
            yield f"the words of {each['id']} stand in none of its clauses"
    if file.suffix == ".txt":
        lost = _letters(file.read_text("utf-8")) - _letters(document.text) - _letters(" ".join(document.noise))
        if lost:
            yield f"{lost.total()} letters were lost"


def _letters(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]", text))


def _flat(text: str) -> str:
    """Words alone, whatever their case, spaces and signs."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("’", "'").replace("'", "")))


if __name__ == "__main__":
    sys.exit(main())
