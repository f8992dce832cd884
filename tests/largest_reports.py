"""The windows of reports, as large as packs, people and what happens can make them."""

from collections.abc import Callable

from cards import report, report_case, report_colleague, report_guided
from cards.action import Action, Verb
from cards.card import Form
from cards.report_history import DID, Told, newest
from cards.report_sites import SITES

LONG = "The whole of what somebody had to say about it, sentence after sentence, as staff do. "
WORDS = ("שלום 🎉 " + LONG * 40)[:3000]
SHORT = WORDS[:2000]
NAME = "Mrs Featherstonehaugh-Cholmondeley the {}th"
LABEL = "Which of all the things that one could say here is meant by this question?"[:75]
HELP = report.Help([NAME.format(n) for n in range(4)], [(LABEL, LABEL, LABEL)] * 20)
CONCERNS = [report.Concern(f"kind_{n}", f"{n} {LABEL}"[:75], (LONG * 6)[:400], LABEL, n % 2 == 0, True)
            for n in range(20)]
SAID = {
    "what": WORDS, "where": ("https://x.example/" + "a" * 500)[:500], "when": SHORT[:150], "whom": SHORT[:300],
    "about": "staff", "by": "parent", "risk": "yes", "named": "no", "concern": "kind_1",
}
WRONG = {"what": report.PROBLEMS["what"], "whom": report.several([NAME.format(1)]), "concern": "Please choose."}
HISTORY = newest([Told("Thu 5 Nov 09:00", NAME.format(n), what, SHORT, NAME.format(2), n % 2 == 0)
                  for n, what in enumerate(DID)])
MAY = [report_case.MayRead(NAME.format(n), LABEL, "Thu 5 Nov 09:00", NAME.format(3)) for n in range(6)]
STEPS = [*report_case.STEPS, report_case.JOIN, report_case.OTHER, report_case.EARLIER]
ACT = Action(Verb.ACT_ON_REPORT, "A" * 16, 99, "9999")
ASKING = report_guided.Asking(NAME.format(1), LABEL, LABEL, SAID["where"], SITES[0], SAID["when"], "5 Nov 2026", WORDS,
                              report_guided.kept("5 Nov 2026", 5))


def read() -> Form:
    """All that a reader can see at once, and something wrong with what they did."""
    seen = report_case.Reading(
        CONCERNS[0], SAID, NAME.format(9), MAY, HISTORY, 99, 3, "being looked into",
        [NAME.format(n) for n in range(3)], HELP, [f"{LABEL}.png (PNG picture, 1.2 MB)"] * 5,
    )
    wrong = {"to": report_case.nobody_of_that_name(), "reason": report_case.words_needed()}
    return report_case.reading(ACT, seen, STEPS, wrong, {"step": "hand", "words": SHORT, "to": SHORT[:150]}, True)


FORMS: dict[str, Callable[[], Form]] = {
    "report": lambda: report.form("A" * 16, 99, CONCERNS, HELP, SAID, WRONG),
    "report of contact": lambda: report.form(
        "", 0, CONCERNS, HELP, {}, {}, report.Concern(report.CONTACT, LABEL, (LONG * 6)[:400], LABEL, False, False)),
    "review of a report": lambda: report.review(
        "A" * 16, 99, CONCERNS[0], report.who([NAME.format(n) for n in range(6)], LABEL),
        [NAME.format(n) for n in range(3)], HELP, report.others_read(), [NAME.format(1)], False, may_add=True),
    "reading a report": read,
    "own report": lambda: report_case.own("A" * 16, 99, SAID, "Looked into.", HISTORY, True, {"words": "No."}),
    "ask a colleague": lambda: report_guided.removal(
        ACT, SAID["where"], "Europe/London", "2026-11-07", {"by": report_guided.past()}, {"words": SHORT}),
    "ask the site": lambda: report_guided.site(ACT, ASKING, False, True, {"words": "Please write it here."}, {}),
    "ask the site of imagery": lambda: report_guided.site(ACT, ASKING, True, True, {}, {"words": SHORT}),
    "thank the author": lambda: report_guided.thanks(ACT, {"to": report_case.not_to_them()}, {"words": SHORT}),
    "asked to take it down": lambda: report_colleague.removal("A" * 16, 9, NAME.format(1), SHORT, "5 Nov 2026", {}),
    "thanked": lambda: report_colleague.thanks("A" * 16, 9, NAME.format(1), SHORT),
}
