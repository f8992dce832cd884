"""What was measured, as one JSON object a line."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Run


@dataclass(frozen=True)
class Beside:
    """Two things measured in turn, round by round: the middle one of each."""

    ours: Sequence[float]
    peer: Sequence[float]

    def tell(self, name: str, unit: str) -> None:
        """Ours over the peer's; `unit` is what both were measured in."""
        ours, peer = median(self.ours), median(self.peer)
        tell(name, ours / peer, f"ratio of {unit}", len(self.ours), ours=round(ours, 2), peer=round(peer, 2))


def tell(name: str, value: float, unit: str, n: int, **more: float) -> None:
    """One line. `n`: how many rounds, or requests, the value was drawn from."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "n": n, **more}), flush=True)


def tell_slowest(name: str, runs: Sequence[Run]) -> None:
    """The 99th percentile over every request of every round."""
    taken = sorted(each for run in runs for each in run.taken)
    tell(name, taken[int(len(taken) * 0.99)] * 1000, "ms", len(taken))
