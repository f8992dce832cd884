"""The register of official accounts, as a file says it and as it is: what has to change for the two to agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Row:
    """One official account as the file or the register says. `school` None: the trust's own. People by their e-mail."""

    platform: str
    name: str
    address: str
    school: str | None
    owner: str
    closed: bool = False
    deputy: str = ""
    purpose: str = ""
    audience: str = ""
    settings: str = ""
    credentials: str = ""
    website: str = ""
    review_on: date | None = None

    @property
    def key(self) -> tuple[str, str]:
        """By what an account is known; a file's row has the register's own spelling of it."""
        return self.platform, self.name


@dataclass(frozen=True, slots=True)
class RowDifference:
    """An account of which the file says something else."""

    before: Row
    after: Row

    @property
    def begins_anew(self) -> bool:
        """Whether somebody else answers for it from now on, or it opens again."""
        return self.before.owner != self.after.owner or (self.before.closed and not self.after.closed)


@dataclass(frozen=True, slots=True)
class RegisterPlan:
    """What the file would change. `missing`: open on the register, but not in the file."""

    new: tuple[Row, ...]
    changed: tuple[RowDifference, ...]
    missing: tuple[Row, ...]
    same: int

    @property
    def empty(self) -> bool:
        """Whether the file says what the register says already."""
        return not (self.new or self.changed)


def compare(listed: Sequence[Row], filed: Sequence[Row]) -> RegisterPlan:
    """What has to change for the register to say what the file says. A closed account in the file opens again."""
    before = {each.key: each for each in listed}
    after = {each.key for each in filed}
    changed = tuple(RowDifference(before[e.key], e) for e in filed if e.key in before and before[e.key] != e)
    new = tuple(each for each in filed if each.key not in before)
    missing = tuple(each for each in listed if each.key not in after and not each.closed)
    return RegisterPlan(new, changed, missing, len(filed) - len(new) - len(changed))
