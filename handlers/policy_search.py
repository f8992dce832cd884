"""The index of a trust's document, from what the search has learnt; read once in a process."""

import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from handlers.rules.policy.clause import Clause
from handlers.rules.search.clauses import Index
from handlers.rules.search.model import Model
from handlers.rules.search.topics import Places, fitting
from handlers.rules.search.weights import Vectors, unwrap
from handlers.rules.search.words import Lexicon

KEPT = 16
"""Documents whose indexes are kept; another one throws the oldest out."""


@lru_cache(maxsize=KEPT)
def index(clauses: tuple[Clause, ...]) -> Index:
    """A document's clauses, ready to be asked."""
    return Index(clauses, model(), fitting(places(), clauses))


@cache
def model() -> Model:
    """What the search has learnt of topics."""
    words = files("policies") / "words"
    lexicon = Lexicon.read(tomllib.loads((words / "lexicon.toml").read_text("utf-8")))
    vectors = Vectors.read((words / "vectors.bin").read_bytes())
    return Model.read(unwrap((words / "weights.bin").read_bytes()), vectors, lexicon)


@cache
def places() -> tuple[Places, ...]:
    """Where the policies that are known answer each topic."""
    found = (each for each in (files("policies") / "clauses").iterdir() if each.name.endswith(".toml"))
    return tuple(Places.read(tomllib.loads(each.read_text("utf-8"))) for each in found)
