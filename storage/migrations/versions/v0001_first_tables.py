"""The first tables.

Revision 0001, after none.
"""

import sqlalchemy as sa
from alembic import op

from storage import guards

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_inbox"),
    )
    op.create_table(
        "pack",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_pack"),
    )
    op.create_table(
        "policy_text",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_policy_text"),
    )
    op.create_table(
        "shutdoor",
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("door", name="pk_shutdoor"),
    )
    op.create_table(
        "trust",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pack", sa.String(length=40), nullable=False),
        sa.Column("pack_version", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("terms", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trust"),
        sa.UniqueConstraint("pack", name="uq_trust_pack"),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=10), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("spare", sa.Boolean(), nullable=False),
        sa.CheckConstraint("platform IN ('slack', 'teams', 'console')", name=op.f("ck_upload_platform")),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("digest", "platform", "team", name="uq_upload_digest"),
    )
    op.create_index(
        "ix_upload_spare",
        "upload",
        ["platform", "id"],
        sqlite_where=sa.text("spare"),
        postgresql_where=sa.text("spare"),
    )
    op.create_table(
        "audithead",
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_audithead_trust_id"),
        sa.PrimaryKeyConstraint("trust_id", name="pk_audithead"),
    )
    op.create_table(
        "school",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_school_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_school"),
        sa.UniqueConstraint("trust_id", "name", name="uq_school_trust_id"),
    )
    op.create_table(
        "tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_tally_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tally"),
        sa.UniqueConstraint("trust_id", "on", "topic", name="uq_tally_day"),
    )
    op.create_table(
        "workspace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=10), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.CheckConstraint("platform IN ('slack', 'teams', 'console')", name=op.f("ck_workspace_platform")),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_workspace_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_workspace"),
        sa.UniqueConstraint("platform", "team", name="uq_workspace_platform"),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("central", sa.Boolean(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_closure_days")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_closure_school_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_closure_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_closure"),
    )
    op.create_index("ix_closure_trust", "closure", ["trust_id", "first_day"])
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "first_day IS NULL OR last_day IS NULL OR last_day >= first_day", name=op.f("ck_person_days")
        ),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name="fk_person_manager_id"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_person_school_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_person_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("trust_id", "email", name="uq_person_trust_id"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_audit_actor_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_audit_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.UniqueConstraint("trust_id", "seq", name="uq_audit_trust_id"),
    )
    op.create_index("ix_audit_subject", "audit", ["trust_id", "subject_id"])
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_confirmation_person_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_confirmation_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation"),
        sa.UniqueConstraint("trust_id", "person_id", "document", "digest", "year", name="uq_confirmation_once"),
    )
    op.create_table(
        "cover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("away", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_cover_days")),
        sa.CheckConstraint("stand_in_id IS NULL OR stand_in_id <> person_id", name=op.f("ck_cover_somebody_else")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_cover_person_id"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_cover_school_id"),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name="fk_cover_set_by_id"),
        sa.ForeignKeyConstraint(["stand_in_id"], ["person.id"], name="fk_cover_stand_in_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_cover_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cover"),
    )
    op.create_index("ix_cover_away", "cover", ["trust_id", "away"])
    op.create_index(
        "ix_cover_due",
        "cover",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cover_person",
        "cover",
        ["trust_id", "person_id", "role"],
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_index(
        "ix_cover_stand_in",
        "cover",
        ["trust_id", "stand_in_id"],
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("thumb", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_file_by_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_file_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
        sa.UniqueConstraint("trust_id", "digest", "by_id", name="uq_file_trust_id"),
    )
    op.create_index("ix_file_digest", "file", ["digest"])
    op.create_index("ix_file_thumb", "file", ["thumb"])
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=10), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("reference", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("platform IN ('slack', 'teams', 'console')", name=op.f("ck_identity_platform")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_identity_person_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_identity_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_identity"),
        sa.UniqueConstraint("platform", "team", "user", name="uq_identity_platform"),
    )
    op.create_index("ix_identity_person_id", "identity", ["person_id"])
    op.create_table(
        "mailed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_mailed_person_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_mailed_trust_id"),
        sa.PrimaryKeyConstraint("person_id", "about", name="pk_mailed"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=10), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("platform IN ('slack', 'teams', 'console')", name=op.f("ck_message_platform")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_message_person_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_message_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("platform", "channel", "ref", name="uq_message_platform"),
    )
    op.create_index("ix_message_subject", "message", ["trust_id", "subject_id"])
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("review_due", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_policy_version_by_id"),
        sa.ForeignKeyConstraint(["digest"], ["policy_text.digest"], name="fk_policy_version_digest"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_policy_version_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_policy_version"),
        sa.UniqueConstraint("trust_id", "document", "label", name="uq_policy_version_label"),
    )
    op.create_index("ix_policy_version_day", "policy_version", ["trust_id", "document", "effective"])
    op.create_table(
        "question",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("judged", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_question_person_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_question_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_at", "question", ["at"])
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(length=10), nullable=False),
        sa.CheckConstraint("ended IN ('', 'confirmed', 'replaced', 'dropped')", name=op.f("ck_reading_ended")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_reading_person_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_reading_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
    )
    op.create_index("ix_reading_person", "reading", ["trust_id", "person_id", "document", "digest"])
    op.create_index(
        "ix_reading_remind",
        "reading",
        ["trust_id", "remind_on"],
        sqlite_where=sa.text("ended = ''"),
        postgresql_where=sa.text("ended = ''"),
    )
    op.create_index(
        "uq_reading_open",
        "reading",
        ["trust_id", "person_id", "document"],
        unique=True,
        sqlite_where=sa.text("ended = ''"),
        postgresql_where=sa.text("ended = ''"),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("concern", sa.String(length=40), nullable=False),
        sa.Column("pack_version", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'acknowledged', 'closed', 'discarded')", name=op.f("ck_report_state")
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name="fk_report_reporter_id"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_report_school_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_report_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
    )
    op.create_index(
        "ix_report_due",
        "report",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_report_mark", "report", ["trust_id", "mark"])
    op.create_index("ix_report_mine", "report", ["trust_id", "reporter_id", "created_at", "id"])
    op.create_table(
        "request",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sent_before", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("pack_version", sa.String(length=64), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("approved_digest", sa.String(length=64), nullable=True),
        sa.Column("go_live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("why_now", sa.String(), nullable=False),
        sa.CheckConstraint(
            "approved_digest IS NOT NULL OR state NOT IN ('approved', 'published', 'done')",
            name=op.f("ck_request_approved_wording"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'changes requested', 'training first', 'approved', 'published', 'done', 'declined', 'withdrawn', 'expired', 'lapsed')",
            name=op.f("ck_request_state"),
        ),
        sa.CheckConstraint(
            "version >= 1 AND revision >= 1 AND step >= 0 AND nudges >= -1", name=op.f("ck_request_counts")
        ),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name="fk_request_asker_id"),
        sa.ForeignKeyConstraint(["editor_id"], ["person.id"], name="fk_request_editor_id"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_request_school_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_request_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
    )
    op.create_index(
        "ix_request_due",
        "request",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_request_mine", "request", ["trust_id", "asker_id", "created_at", "id"])
    op.create_index(
        "ix_request_nudge",
        "request",
        ["nudge_at"],
        sqlite_where=sa.text("nudge_at IS NOT NULL"),
        postgresql_where=sa.text("nudge_at IS NOT NULL"),
    )
    op.create_index(
        "ix_request_revise",
        "request",
        ["trust_id", "asker_id", "decided_at", "id"],
        sqlite_where=sa.text("state IN ('changes requested', 'training first')"),
        postgresql_where=sa.text("state IN ('changes requested', 'training first')"),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("first_day IS NULL OR last_day IS NULL OR last_day >= first_day", name=op.f("ck_role_days")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_role_person_id"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_role_school_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_role_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_role"),
    )
    op.create_index("ix_role_holder", "role", ["trust_id", "role", "school_id"])
    op.create_index("ix_role_person_id", "role", ["person_id"])
    op.create_table(
        "ask",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("passed_by_id", sa.Integer(), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_note", sa.String(), nullable=False),
        sa.CheckConstraint("NOT open OR (since IS NOT NULL AND answered_by IS NULL)", name=op.f("ck_ask_open")),
        sa.CheckConstraint("step >= 0", name=op.f("ck_ask_step")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name="fk_ask_answered_by"),
        sa.ForeignKeyConstraint(["passed_by_id"], ["person.id"], name="fk_ask_passed_by_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_ask_person_id"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name="fk_ask_request_id"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_ask_school_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_ask_trust_id"),
        sa.PrimaryKeyConstraint("request_id", "number", name="pk_ask"),
    )
    op.create_index(
        "ix_ask_person",
        "ask",
        ["trust_id", "person_id", "since", "request_id"],
        sqlite_where=sa.text("open AND person_id IS NOT NULL"),
        postgresql_where=sa.text("open AND person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ask_role",
        "ask",
        ["trust_id", "role", "school_id", "since", "request_id"],
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("settings", sa.String(), nullable=False),
        sa.Column("credentials", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("book IN ('account', 'site', 'device', 'permission')", name=op.f("ck_entry_book")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name="fk_entry_deputy_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_entry_owner_id"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name="fk_entry_request_id"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_entry_school_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_entry_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
    )
    op.create_index(
        "ix_entry_account",
        "entry",
        ["trust_id", "platform", "name"],
        unique=True,
        sqlite_where=sa.text("book = 'account'"),
        postgresql_where=sa.text("book = 'account'"),
    )
    op.create_index("ix_entry_book", "entry", ["trust_id", "book", "closed", "school_id", "platform", "name", "id"])
    op.create_index("ix_entry_owner", "entry", ["trust_id", "owner_id"])
    op.create_index("ix_entry_request", "entry", ["request_id"])
    op.create_index(
        "ix_entry_review",
        "entry",
        ["review_on"],
        sqlite_where=sa.text("NOT closed AND review_on IS NOT NULL"),
        postgresql_where=sa.text("NOT closed AND review_on IS NOT NULL"),
    )
    op.create_index(
        "ix_entry_until",
        "entry",
        ["until"],
        sqlite_where=sa.text("NOT closed AND until IS NOT NULL"),
        postgresql_where=sa.text("NOT closed AND until IS NOT NULL"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_evidence_report_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_evidence_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_report", "evidence", ["report_id", "at"])
    op.create_table(
        "guidance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("clause", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_guidance_author_id"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name="fk_guidance_request_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_guidance_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_guidance"),
        sa.UniqueConstraint("trust_id", "request_id", name="uq_guidance_request"),
    )
    op.create_index("ix_guidance_topic", "guidance", ["trust_id", "topic"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'needless', 'buried')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_outbox_message_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_outbox_person_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_outbox_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_buried",
        "outbox",
        ["trust_id", "due_at"],
        sqlite_where=sa.text("state = 'buried'"),
        postgresql_where=sa.text("state = 'buried'"),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"])
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["person_id", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_outbox_subject",
        "outbox",
        ["person_id", "subject_id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name="fk_reader_granted_by"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_reader_person_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_reader_report_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_reader_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reader"),
    )
    op.create_index(
        "ix_reader_person",
        "reader",
        ["trust_id", "person_id", "since"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_reader_report", "reader", ["report_id"])
    op.create_table(
        "reportstep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_reportstep_by_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_reportstep_report_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_reportstep_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reportstep"),
    )
    op.create_index("ix_reportstep_report", "reportstep", ["report_id", "id"])
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_revision_number")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_revision_by_id"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name="fk_revision_request_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_revision_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("request_id", "number", name="uq_revision_request_id"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decider_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("as_role", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('approved', 'changes requested', 'training first', 'declined', 'taken back')",
            name=op.f("ck_decision_outcome"),
        ),
        sa.CheckConstraint("version >= 1 AND step >= 0", name=op.f("ck_decision_counts")),
        sa.ForeignKeyConstraint(["decider_id"], ["person.id"], name="fk_decision_decider_id"),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name="fk_decision_for_id"),
        sa.ForeignKeyConstraint(
            ["request_id", "revision"], ["revision.request_id", "revision.number"], name="fk_decision_request_id"
        ),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_decision_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("request_id", "version", name="uq_decision_request_id"),
    )
    op.create_table(
        "evidencepiece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_evidencepiece_evidence_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_evidencepiece_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evidencepiece"),
    )
    op.create_index("ix_evidencepiece_digest", "evidencepiece", ["digest"])
    op.create_index("ix_evidencepiece_evidence", "evidencepiece", ["evidence_id", "number"])
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("live_at IS NULL OR address <> ''", name=op.f("ck_publication_live")),
        sa.ForeignKeyConstraint(["account_id"], ["entry.id"], name="fk_publication_account_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_publication_owner_id"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name="fk_publication_request_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_publication_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("request_id", "account_id", name="uq_publication_request_id"),
    )
    op.create_index(
        "ix_publication_waiting",
        "publication",
        ["trust_id", "owner_id"],
        sqlite_where=sa.text("live_at IS NULL"),
        postgresql_where=sa.text("live_at IS NULL"),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trust_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name="fk_task_done_by"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_task_entry_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_task_person_id"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name="fk_task_request_id"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_task_school_id"),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name="fk_task_trust_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index(
        "ix_task_care",
        "task",
        ["trust_id", "role", "school_id", "since", "id"],
        sqlite_where=sa.text("done_at IS NULL AND entry_id IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NULL AND entry_id IS NOT NULL"),
    )
    op.create_index("ix_task_entry", "task", ["entry_id"])
    op.create_index(
        "ix_task_next",
        "task",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "ix_task_person",
        "task",
        ["trust_id", "person_id", "since", "request_id"],
        sqlite_where=sa.text("done_at IS NULL AND person_id IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NULL AND person_id IS NOT NULL"),
    )
    op.create_index("ix_task_request", "task", ["request_id"])
    op.create_index(
        "ix_task_role",
        "task",
        ["trust_id", "role", "school_id", "since", "request_id"],
        sqlite_where=sa.text("done_at IS NULL AND request_id IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NULL AND request_id IS NOT NULL"),
    )
    for statement in guards.statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
