"""How does Alembic reach the control database? Through a connection given to it."""

from alembic import context

from core.database.control_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
