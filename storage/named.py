"""Which stored files a row names: what no row names is nobody's, and is swept. And how a row stops naming them."""

from collections.abc import Collection

from sqlalchemy import BindParameter, bindparam, delete, literal_column, select, union_all, update

from storage.database import Unit
from storage.evidence import PIECE
from storage.request import FILE, REVISION
from storage.tables import Platform, Upload
from storage.uploads import UNNAMED, UPLOAD, spare

_AMONG: BindParameter[str] = bindparam("digests", expanding=True)
# Files are kept once for all trusts, so every trust's rows are asked.
NAMED = union_all(
    select(FILE.c.digest).where(FILE.c.digest.in_(_AMONG)),
    select(FILE.c.thumb.label("digest")).where(FILE.c.thumb.in_(_AMONG)),
    select(PIECE.c.digest).where(PIECE.c.digest.in_(_AMONG)),
)
WORDINGS = select(REVISION.c.id, REVISION.c.content).where(
    REVISION.c.trust_id == bindparam("trust"), REVISION.c.request_id == bindparam("request")
)
REWORD = (
    update(REVISION)
    .where(REVISION.c.trust_id == bindparam("trust"), REVISION.c.id == bindparam("which"))
    .values(content=bindparam("anew"))
)
GIVE_UP = delete(FILE).where(
    FILE.c.trust_id == bindparam("trust"), FILE.c.by_id == bindparam("person"), FILE.c.digest.in_(_AMONG)
)
LEFT_BEHIND = (
    select(UPLOAD)
    .where(UPLOAD.c.platform == bindparam("platform"), literal_column("upload.spare"), *UNNAMED)
    .order_by(UPLOAD.c.id)
    .limit(bindparam("most"))
)
FORGET = delete(UPLOAD).where(UPLOAD.c.id == bindparam("which"))


def unnamed(u: Unit, digests: Collection[str]) -> list[str]:
    """Those of these files that no row names."""
    named = set(u.across(NAMED, {"digests": list(digests)}).scalars()) if digests else set()
    return [digest for digest in digests if digest not in named]


def give_up(u: Unit, request_id: str, person_id: int) -> set[str]:
    """No wording of the request has a picture any more, and this person gave none of them: what that sets free."""
    freed, digests = set[str](), set[str]()
    for row in u.run(WORDINGS, {"request": request_id}).all():
        pictures = row.content.get("pictures", [])
        digests |= {each["digest"] for each in pictures}
        freed |= {each["thumb"] for each in pictures}
        u.run(REWORD, {"which": row.id, "anew": {**row.content, "pictures": []}})
    if digests:
        u.run(GIVE_UP, {"person": person_id, "digests": sorted(digests)})
    spare(u, freed | digests)
    return freed | digests


def left_behind(u: Unit, platform: Platform, most: int) -> list[Upload]:
    """Files that a platform still has of ours, and that no row names any more."""
    return u.all(LEFT_BEHIND, Upload, platform=platform, most=most)


def taken_away(u: Unit, upload_id: int) -> None:
    """The platform has it no more."""
    u.connection.execute(FORGET, {"which": upload_id})
