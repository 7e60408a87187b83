"""What does the instance remember of people, workspaces and connections?

Portable SQL. Personal fields and secrets are sealed, tokens are hashes, and
nothing that could hold a seller's text stands here in the clear.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC without a zone in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Turn an aware instant into plain UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        """Say that what was stored is UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


def _id(name: str, *args: Any, **options: Any) -> Column[str]:
    return Column(name, String(32), *args, **options)


def _person(**options: Any) -> Column[str]:
    return _id("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), **options)


def _workspace(**options: Any) -> Column[str]:
    return _id(
        "workspace_id",
        ForeignKey("workspaces.workspace_id", ondelete="CASCADE"),
        **options,
    )


users = Table(
    "users",
    metadata,
    _id("user_id", primary_key=True),
    Column("email_lookup", LargeBinary(32), nullable=False, unique=True),
    Column("email_sealed", LargeBinary, nullable=False),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("password_hash", String(60), nullable=False),
    # 1 for the operator, null for all others: there can be one only.
    Column("operator_seat", Integer, unique=True),
    Column("created_at", Instant, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _id("session_id", nullable=False, unique=True),
    _person(nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("user_agent_sealed", LargeBinary, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("ticket_hash", String(64), primary_key=True),
    _person(nullable=False, index=True),
    Column("presession_hash", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

workspaces = Table(
    "workspaces",
    metadata,
    _id("workspace_id", primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("title_sealed", LargeBinary, nullable=False),
    # null: the first marketplace of the first connection, US until then
    Column("home", String(10)),
    Column("is_demo", Boolean, nullable=False),
    # null: as long as the workspace is active
    Column("retention_months", Integer),
    Column("created_at", Instant, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    _workspace(primary_key=True),
    _person(primary_key=True, index=True),
    Column("role", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
)

connections = Table(
    "connections",
    metadata,
    _id("connection_id", primary_key=True),
    _workspace(nullable=False),
    Column("region", String(2), nullable=False),
    Column("seller_id", String(64), nullable=False),
    # empty for a demo: known only while its double runs
    Column("endpoint", String(200), nullable=False),
    Column("lwa_endpoint", String(200), nullable=False),
    # codes such as DE,FR; empty before the first answer
    Column("marketplaces", String(200), nullable=False),
    Column("is_demo", Boolean, nullable=False),
    Column("refresh_token_sealed", LargeBinary),
    Column("client_id_sealed", LargeBinary),
    Column("client_secret_sealed", LargeBinary),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("workspace_id", "region", "seller_id", name="one_connection"),
)

sync_runs = Table(
    "sync_runs",
    metadata,
    _id("run_id", primary_key=True),
    _workspace(nullable=False),
    Column("actor", String(64), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("status", String(16), nullable=False),
    # figures per region and dataset; the words about them are the workspace's
    Column("results", JSON, nullable=False),
    Index("sync_runs_in_order", "workspace_id", "started_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("act", String(64), nullable=False),
    # no foreign key: the record outlives what it is about
    _id("workspace_id", index=True),
    Column("detail", String(200), nullable=False),
    Column("chain", String(64), nullable=False),
)
