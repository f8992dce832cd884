"""Something is given up, as delivery does it, on a platform where nothing fails."""

from datetime import timedelta

from handlers import notices
from handlers.request import CARD
from storage import outbox
from storage.database import Unit
from storage.tables import Outbox
from tests.world import World


async def given_up(world: World, who: str) -> None:
    """Their newest card never arrives."""
    person = await world.person(who)

    def bury(u: Unit) -> None:
        rows = u.connection.execute(outbox.OUTBOX.select().where(outbox.OUTBOX.c.person_id == person.id))
        subject = [row.subject_id for row in rows][-1]
        outbox.send(u, person.id or 0, CARD, subject, u.at - timedelta(days=1))

    await world.unit(bury)

    def settle(u: Unit) -> Outbox:
        (row,) = outbox.claim(u, "test", u.at, timedelta(minutes=1), 9)
        end = {"notice": row.id, "to": "buried", "why": "They have left the chat.", "due": u.at, "tries": 1}
        outbox.settle(u, "test", [{**end, "behind": False}])
        notices.bury(u, row)
        return row

    await world.unit(settle)
    await world.drain()
