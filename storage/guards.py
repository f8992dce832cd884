"""What the database itself refuses, whoever writes to it: to alter the record, and to decide on one's own.

CHECK and UNIQUE stand with the tables; these need triggers. Migration 0001 makes them: once it is released, a change
here is a change of a later migration's.
"""

from collections.abc import Iterator

KEPT = ("audit", "decision", "confirmation", "pack", "policy_text", "policy_version")
"""Tables that are added to only: no row is ever altered or deleted."""
OWN = """EXISTS (SELECT 1 FROM request r WHERE r.id = NEW.request_id AND NEW.decider_id IN (r.asker_id, r.editor_id))
    OR EXISTS (SELECT 1 FROM revision v WHERE v.request_id = NEW.request_id AND v.number = NEW.revision
               AND v.by_id = NEW.decider_id)"""
SAME = ("id", "trust_id", "request_id", "number", "by_id", "at", "digest")
"""What of a wording stays as it is, also where pictures are taken out of it."""
WITHOUT_PICTURES = {
    "sqlite": "json_remove(NEW.content, '$.pictures') IS json_remove(OLD.content, '$.pictures')"
              " AND json_extract(NEW.content, '$.pictures') IS '[]'",
    "postgresql": "NEW.content::jsonb - 'pictures' = OLD.content::jsonb - 'pictures'"
                  " AND NEW.content::jsonb -> 'pictures' = '[]'::jsonb",
}
ONLY_ADDED, NOT_OWN = "is only added to", "nobody decides on their own"


def statements(engine: str) -> Iterator[str]:
    """What makes them, on this engine."""
    yield from _lite() if engine == "sqlite" else _postgresql()


def names() -> set[str]:
    """What they are called."""
    return {
        *(f"{table}_is_kept" for table in KEPT), *(f"{table}_is_not_dropped" for table in (*KEPT, "revision")),
        "revision_is_kept", "decision_is_anothers",
    }


def _altered(engine: str) -> str:
    """A wording becomes another than the same without its pictures."""
    same = " AND ".join(f"NEW.{column} = OLD.{column}" for column in SAME)
    return f"({same} AND {WITHOUT_PICTURES[engine]}) IS NOT TRUE"


def _lite() -> Iterator[str]:
    def refusal(name: str, event: str, when: str, said: str) -> str:
        return f"CREATE TRIGGER {name} BEFORE {event} {when} BEGIN SELECT RAISE(ABORT, '{said}'); END"

    for table in KEPT:
        yield refusal(f"{table}_is_kept", f"UPDATE ON {table}", "", f"{table} {ONLY_ADDED}")
    for table in (*KEPT, "revision"):
        yield refusal(f"{table}_is_not_dropped", f"DELETE ON {table}", "", f"{table} {ONLY_ADDED}")
    yield refusal("revision_is_kept", "UPDATE ON revision", f"WHEN {_altered('sqlite')}", f"revision {ONLY_ADDED}")
    yield refusal("decision_is_anothers", "INSERT ON decision", f"WHEN {OWN}", NOT_OWN)


def _postgresql() -> Iterator[str]:
    def function(name: str, body: str) -> str:
        return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

    refused = "RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = "
    yield function("refuse_to_alter", f"{refused} TG_TABLE_NAME || ' {ONLY_ADDED}';")
    yield function("refuse_own_decision", f"IF {OWN} THEN {refused} '{NOT_OWN}'; END IF; RETURN NEW;")
    for table in (*KEPT, "revision"):
        when = f"WHEN ({_altered('postgresql')}) " if table == "revision" else ""
        yield (f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE ON {table} FOR EACH ROW {when}"
               "EXECUTE FUNCTION refuse_to_alter()")
        yield (f"CREATE TRIGGER {table}_is_not_dropped BEFORE DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
               " EXECUTE FUNCTION refuse_to_alter()")
    yield ("CREATE TRIGGER decision_is_anothers BEFORE INSERT ON decision FOR EACH ROW"
           " EXECUTE FUNCTION refuse_own_decision()")
