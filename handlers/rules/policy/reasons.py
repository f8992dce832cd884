"""Why a file is no policy that can be read: a code, whose sentence stands in cards/policy_import.py."""


class Unreadable(Exception):
    """What was given is no document that clauses can be read from. `reason` is a code; cards/ has its sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
