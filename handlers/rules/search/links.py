"""Which clauses answer a topic, where nobody has said so: those that put what a policy would say of it."""

import math
from collections.abc import Sequence
from operator import mul

from handlers.rules.policy.clause import Clause
from handlers.rules.search.lexical import Lexical
from handlers.rules.search.model import Model
from handlers.rules.search.topics import Topic, spelt_whole

DIRECTION, CHANCE = 0.5, 1.0
"""What it counts that both point the same way, and that the clause itself would be taken for the topic."""
NEAR = 0.7
"""How near a clause must come."""
LINKED = 3
Link = tuple[int, float]


class Links:
    """A document's clauses, as topics find them."""

    def __init__(self, clauses: Sequence[Clause], model: Model, lexical: Lexical) -> None:
        self.model, self.lexical = model, lexical
        words = [model.words.meant(spelt_whole(f"{each.stem} {each.text}")) for each in clauses]
        self.directions = [model.direction(each) for each in words]
        chances = [model.chances(each) for each in words]
        self.chances = {topic.id: [each[at] for each in chances] for at, topic in enumerate(model.topics)}

    def of(self, topic: Topic) -> list[Link]:
        """The clauses that come nearest to a topic, and how near; none for what policies do not speak of."""
        if not topic.says:
            return []
        words = self.model.words.of(topic.says)
        shared, direction = self.lexical.scores(words), self.model.direction(words)
        near = sorted(((self._near(topic, place, shared.get(place, 0.0), direction), place)
                       for place in range(len(self.directions))), reverse=True)[:LINKED]
        return [(place, each / near[0][0]) for each, place in near if each >= NEAR]

    def _near(self, topic: Topic, place: int, shared: float, direction: Sequence[float]) -> float:
        alike: float = max(0.0, sum(map(mul, direction, self.directions[place])))
        chance: float = math.sqrt(self.chances[topic.id][place])
        return shared + DIRECTION * alike + CHANCE * chance
