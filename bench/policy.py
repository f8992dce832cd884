"""Finding the clause that answers: how often it comes first, and among three; whether silence is seen; how soon.

Questions come as a file: a line each with pack, question, clauses (none: the policy does not say), quote and kind. An
answer is right if its quotation holds the quote, or its number is one of the clauses. None of them had a part in what
was learnt, nor had the policies. Without a file the figures are those of the bank's own check.
"""

import json
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.figures import tell
from handlers import policy_search
from handlers.rules.policy import document as documents
from handlers.rules.search.clauses import Found, Index

SAMPLE = Path(__file__).parents[1] / "policies" / "sample" / "policy.md"
DRAWS = 2000
NEVER = 99
Asked = dict[str, Any]


def measure(folder: Path | None, questions: Path | None) -> None:
    """Every figure, a line each."""
    before = resident()
    model = policy_search.model()
    asked = read(questions) if questions and folder else []
    texts = {pack: document(folder, pack) for pack in sorted({each["pack"] for each in asked})} if folder else {}
    began = time.process_time()
    mapped = {pack: policy_search.index(text.clauses) for pack, text in texts.items()}
    built = time.process_time() - began
    if asked:
        report("policy, mapped", asked, mapped)
        bare = {pack: Index(text.clauses, model, None) for pack, text in texts.items()}
        report("policy, as if it had no mapping", asked, bare)
        tell("policy index, built", built * 1000 / len(mapped), "ms at work", len(mapped))
    kept_back(model.facts.get("check", {}))
    timed(mapped or sampled(), [each["question"] for each in asked] or [topic.meaning for topic in model.topics])
    tell("policy search, memory", (resident() - before) / 2**20, "MB", 1)


def kept_back(check: dict[str, Any]) -> None:
    """What `bench/policy_train.py --check` found of the fifth of the bank that it had not learnt from."""
    for name, each in check.items():
        if isinstance(each, dict):
            for what, value in sorted(each.items()):
                tell(f"policy bank, cross-checked, {name}, {what}", value, "share", check["questions"])


def report(name: str, asked: list[Asked], indexes: dict[str, Index]) -> None:
    """What was found: in all, for each trust, for each kind of question."""
    found = [indexes[each["pack"]].find(each["question"]) for each in asked]
    groups: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(asked):
        for group in (each["pack"], each["kind"], "all"):
            groups[group].append(place)
    for group in sorted(groups, key=lambda each: (each == "all", each)):
        own = groups[group]
        figures(f"{name}, {group}", [asked[place] for place in own], [found[place] for place in own])


def figures(name: str, asked: list[Asked], found: list[Found]) -> None:
    """How often right, with the bounds between which 95 of 100 draws lie."""
    ranks = [rank(each, said) for each, said in zip(asked, found, strict=True) if each["clauses"]]
    silent = [(not each["clauses"], not said.answers) for each, said in zip(asked, found, strict=True)]
    if ranks:
        drawn("first", name, [float(each == 1) for each in ranks])
        drawn("among three", name, [float(each <= 3) for each in ranks])
        drawn("mean reciprocal rank", name, [1 / each if each <= 5 else 0.0 for each in ranks])
    if any(is_so for is_so, _ in silent) and ranks:
        low, high = bounds([f1(draw) for draw in draws(silent)])
        tell(f"{name}, silence seen", f1(silent), "F1", len(silent), low=low, high=high)


def drawn(what: str, name: str, values: list[float]) -> None:
    """A mean, with its bounds."""
    low, high = bounds([statistics.mean(draw) for draw in draws(values)])
    tell(f"{name}, {what}", statistics.mean(values), "share", len(values), low=low, high=high)


def rank(asked: Asked, found: Found) -> int:
    """The place of the first right answer, from one; NEVER where none is."""
    wanted = {flat(each) for each in asked["clauses"]}
    for place, each in enumerate(found.answers, 1):
        if flat(asked["quote"]) in flat(each.quote) or flat(each.clause.number) in wanted:
            return place
    return NEVER


def flat(text: str) -> str:
    """Letters and digits only."""
    return " ".join(re.findall(r"[a-z0-9]+", re.sub("['’]", "", text.lower())))


def f1(silent: list[tuple[bool, bool]]) -> float:
    """How well silence is seen: (it is silent, it was said to be)."""
    right = sum(is_so and said_so for is_so, said_so in silent)
    return 2 * right / max(1, 2 * right + sum(is_so != said_so for is_so, said_so in silent))


def draws(values: list[Any]) -> list[list[Any]]:
    """As many again, drawn with putting back, many times over."""
    dice = random.Random(1)
    return [dice.choices(values, k=len(values)) for _ in range(DRAWS)]


def bounds(values: list[float]) -> tuple[float, float]:
    """Of the middle 95 of 100."""
    values = sorted(values)
    return round(values[DRAWS // 40], 3), round(values[-DRAWS // 40], 3)


def timed(indexes: dict[str, Index], questions: list[str]) -> None:
    """How long an answer takes."""
    took = []
    for index in indexes.values():
        for question in questions:
            began, worked = time.perf_counter(), time.process_time()
            index.find(question)
            took.append(((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000))
    for name, each in zip(("from asking to answering", "at work"), zip(*took, strict=True), strict=True):
        tell(f"policy answer, {name}", statistics.median(each), "ms", len(each), p95=round(percentile(each), 3))


def percentile(values: Sequence[float]) -> float:
    """What 95 of 100 stay within."""
    return sorted(values)[int(len(values) * 0.95)]


def read(questions: Path) -> list[Asked]:
    """The questions of a file."""
    return [json.loads(line) for line in questions.read_text("utf-8").split("\n") if line.strip()]


def document(folder: Path, pack: str) -> documents.Document:
    """A trust's policy, from the file that bears its pack's name."""
    file = next(each for each in sorted(folder.iterdir()) if each.stem == pack)
    return documents.read(file.name, file.read_bytes())


def sampled() -> dict[str, Index]:
    """The invented policy that comes along."""
    return {"sample": policy_search.index(documents.read(SAMPLE.name, SAMPLE.read_bytes()).clauses)}


def resident() -> int:
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096
