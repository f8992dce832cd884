"""Long words: what people write takes no more than four times as long where it is four times as long.

One thread serves everybody: what takes one message a minute takes it from all.
"""

import time
from collections.abc import Callable

from bench.figures import Beside
from handlers.rules import checks, words, worries

SHORT, LONG = 10_000, 40_000
AGAIN = (
    "pupil ", "year 9 [", "friend request from ", "hi, ", "can we have a new -", "Well done ", ". ", "\\", "\u202e",
)
READ: dict[str, Callable[[str], object]] = {
    "what is meant": lambda said: (words.understand(said, with_files=False), words.behind(said)),
    "what worries": lambda said: (worries.worries(said), worries.makes_contact(said), worries.has_imagery(said)),
    "names": lambda said: checks.full_names(said, ()),
    "a name taken out": lambda said: checks.without(f"{said} Zoe Marsh.", ["Zoe Marsh"], "somebody"),
}


def measure(rounds: int) -> None:
    """Each reading of each text: the worst of the texts is told."""
    for name, read in READ.items():
        found = [_grows(read, again, rounds) for again in AGAIN]
        worst = max(found, key=lambda each: sum(each.ours) / sum(each.peer))
        worst.tell(f"{name}, {LONG:,} letters beside {SHORT:,}: at most", "seconds of CPU")


def _grows(read: Callable[[str], object], again: str, rounds: int) -> Beside:
    ours, peer = list[float](), list[float]()
    for number in range(rounds):
        for taken, length in ((peer, SHORT), (ours, LONG)):
            said = f"{number} {(again * length)[:length]}"  # another text each time: what was read is remembered
            began = time.thread_time()
            read(said)
            taken.append(time.thread_time() - began)
    return Beside(ours, peer)
