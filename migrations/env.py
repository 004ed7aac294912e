"""How alembic runs here: on the connection and inside the transaction it is given."""

from typing import TYPE_CHECKING, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from patentwatch.store.tables import metadata

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render_item(kind: str, item: object, _: "AutogenContext") -> str | Literal[False]:
    """Write a type of ours as what it is in the database: it may change one day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_server_default=True,
)
context.run_migrations()
