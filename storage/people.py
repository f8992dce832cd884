"""Who is on the staff list, what they are, and which user of which platform they are."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, insert, or_, select, update

from storage.database import Unit
from storage.statements import of_trust, shaped
from storage.tables import Identity, Person, Platform, Role, School, Trust, Viewer, Workspace

TRUST = Trust.__table__  # type: ignore[attr-defined]
WORKSPACE = Workspace.__table__  # type: ignore[attr-defined]
PERSON = Person.__table__  # type: ignore[attr-defined]
ROLE = Role.__table__  # type: ignore[attr-defined]
SCHOOL = School.__table__  # type: ignore[attr-defined]
IDENTITY = Identity.__table__  # type: ignore[attr-defined]


def serving(table: Any) -> ColumnElement[bool]:
    """The row's first and last day take in the parameter `day`."""
    day: BindParameter[date] = bindparam("day")
    return or_(table.c.first_day.is_(None), table.c.first_day <= day) & or_(
        table.c.last_day.is_(None), table.c.last_day >= day
    )


# Which trust a user belongs to is only known after this look-up, so it belongs to no trust yet, and to no day.
WHO = (
    select(IDENTITY, TRUST, PERSON, ROLE)
    .join(TRUST, TRUST.c.id == IDENTITY.c.trust_id)
    .join(PERSON, (PERSON.c.id == IDENTITY.c.person_id) & (PERSON.c.trust_id == IDENTITY.c.trust_id))
    .outerjoin(ROLE, (ROLE.c.person_id == PERSON.c.id) & (ROLE.c.trust_id == PERSON.c.trust_id))
    .where(
        IDENTITY.c.platform == bindparam("platform"),
        IDENTITY.c.team == bindparam("team"),
        IDENTITY.c.user == bindparam("user"),
    )
)
TRUSTS = select(TRUST).order_by(TRUST.c.id)
BOUND = select(TRUST).join(WORKSPACE, WORKSPACE.c.trust_id == TRUST.c.id).where(
    WORKSPACE.c.platform == bindparam("platform"), WORKSPACE.c.team == bindparam("team")
)
BY_EMAIL = select(PERSON).where(PERSON.c.trust_id == bindparam("trust"), PERSON.c.email == bindparam("email"))
BY_IDS = select(PERSON).where(
    of_trust(PERSON), PERSON.c.id.in_(bindparam("ids", expanding=True))
)
SERVING = (
    select(PERSON, ROLE)
    .outerjoin(ROLE, (ROLE.c.person_id == PERSON.c.id) & (ROLE.c.trust_id == PERSON.c.trust_id) & serving(ROLE))
    .where(PERSON.c.trust_id == bindparam("trust"), PERSON.c.id == bindparam("id"), serving(PERSON))
)
HOLDERS = (
    select(PERSON)
    .join(ROLE, ROLE.c.person_id == PERSON.c.id)
    .where(ROLE.c.trust_id == bindparam("trust"), ROLE.c.role == bindparam("role"), serving(ROLE), serving(PERSON))
    .order_by(PERSON.c.id)
)
HOLDERS_AT = {
    True: HOLDERS.where(ROLE.c.school_id.is_(None)),
    False: HOLDERS.where(ROLE.c.school_id == bindparam("school")),
}
SCHOOLS = select(SCHOOL).where(SCHOOL.c.trust_id == bindparam("trust")).order_by(SCHOOL.c.name)
SCHOOL_OF = select(SCHOOL).where(
    of_trust(SCHOOL), SCHOOL.c.id.in_(bindparam("ids", expanding=True))
)
REACH = (
    select(IDENTITY)
    .where(IDENTITY.c.trust_id == bindparam("trust"), IDENTITY.c.person_id == bindparam("person"))
    .order_by(IDENTITY.c.seen_at.desc(), IDENTITY.c.id.desc())
)
LINK = insert(IDENTITY)
SEEN = (
    update(IDENTITY)
    .where(IDENTITY.c.trust_id == bindparam("trust"), IDENTITY.c.id == bindparam("identity"))
    .values(seen_at=bindparam("at"), reference=bindparam("ref"))
)


def enter(
    u: Unit, platform: Platform, team: str, user: str, at: datetime
) -> tuple[Identity, Viewer | None] | None:
    """Whose user this is, and who looks (see `viewer`); the unit then acts for their trust. None: nobody's yet."""
    found = u.joined(WHO, Identity, Trust, Person, Role, platform=platform, team=team, user=user)
    if not found:
        return None
    identity, trust, person, _ = found[0]
    u.act_for(trust, at)
    u.keep(Person, [person])
    roles = tuple(role for *_, role in found if role and _serves(role, u.today))
    return identity, Viewer(person, roles) if _serves(person, u.today) else None


def linked(u: Unit, platform: Platform, team: str, user: str) -> bool:
    """Whether this is the user of somebody who is or was on a staff list."""
    return bool(u.joined(WHO, Identity, platform=platform, team=team, user=user))


def _serves(row: Person | Role, day: date) -> bool:
    return (row.first_day or day) <= day <= (row.last_day or day)


def trust_for(u: Unit, platform: Platform, team: str) -> Trust | None:
    """The trust of a workspace or tenant: the one it is bound to, or the only one there is."""
    bound = u.across(BOUND, {"platform": platform, "team": team}).first()
    if bound is not None:
        return Trust(**bound._mapping)
    every = trusts(u)
    return every[0] if len(every) == 1 else None


def trusts(u: Unit) -> list[Trust]:
    """Every trust; the list of trusts itself belongs to none of them."""
    return [shaped(Trust, row._mapping.items()) for row in u.across(TRUSTS)]


def trust(u: Unit) -> Trust:
    """The trust that the unit acts for."""
    assert u.whose is not None, "the unit acts for nobody yet"
    return u.whose


def by_email(u: Unit, email: str) -> Person | None:
    """The person on the list with this address, in whatever case it is written."""
    return u.one(BY_EMAIL, Person, email=email.strip().lower())


def link(u: Unit, person: Person, platform: Platform, team: str, user: str, reference: Mapping[str, object]) -> None:
    """From now on this user is this person."""
    u.insert(
        LINK,
        [{"person_id": person.id, "platform": platform, "team": team, "user": user,
          "reference": dict(reference), "seen_at": u.at}],
    )
    # At once: somebody's first two events come together, and one would else wait for the other behind the record.
    u.driver.flush()


def seen(u: Unit, identity: Identity, reference: Mapping[str, object]) -> None:
    """Note that they were here, and how to reach them, where that is news."""
    if dict(reference) == identity.reference and (u.at - identity.seen_at).total_seconds() < 3600:
        return
    u.run(SEEN, {"identity": identity.id, "at": u.at, "ref": dict(reference) or identity.reference})


def viewer(u: Unit, person_id: int) -> Viewer | None:
    """The person with today's roles; None for somebody who does not serve today."""
    found = u.joined(SERVING, Person, Role, id=person_id, day=u.today)
    if not found:
        return None
    u.keep(Person, [found[0][0]])
    return Viewer(found[0][0], tuple(role for _, role in found if role))


def holders(u: Unit, role: str, school_id: int | None) -> list[Person]:
    """Who holds `role` today at the school, or (None) for the trust."""
    return list(u.keep(Person, u.once(HOLDERS_AT[school_id is None], Person, role=role, school=school_id, day=u.today)))


def if_serving(u: Unit, person_id: int) -> list[Person]:
    """The person, if they are on the list today."""
    found = people(u, {person_id}).get(person_id)
    return [found] if found and _serves(found, u.today) else []


def people(u: Unit, ids: set[int]) -> dict[int, Person]:
    """These people by their number, also those who have left."""
    return u.by_ids(BY_IDS, Person, ids)


def schools(u: Unit) -> dict[int, School]:
    """Every school of the trust by its number."""
    return {school.id: school for school in u.all(SCHOOLS, School) if school.id is not None}


def school(u: Unit, school_id: int | None) -> School | None:
    """One school."""
    return None if school_id is None else u.by_ids(SCHOOL_OF, School, [school_id]).get(school_id)


def reach(u: Unit, person_id: int) -> list[Identity]:
    """How a person can be reached, the way they last used first."""
    return u.all(REACH, Identity, person=person_id)


def count(u: Unit) -> int:
    """How many people are on the list."""
    statement = select(func.count()).select_from(PERSON).where(PERSON.c.trust_id == bindparam("trust"))
    return int(u.run(statement).scalar_one())
