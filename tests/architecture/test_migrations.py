"""The migrations make exactly the tables that the code means."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from support.kernel.db import NAMING
from web.migrations import pending, upgrade
from web.models import metadata


def test_tables_and_migrations_agree(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": False}
        )
        differences = compare_metadata(context, metadata)
    assert differences == []


def test_every_table_is_there(engine):
    there = set(inspect(engine).get_table_names())
    assert there == {table.name for table in metadata.sorted_tables} | {"alembic_version"}


def test_every_column_is_as_required_as_the_code_says(engine):
    inspector = inspect(engine)
    for table in metadata.sorted_tables:
        found = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert found == {column.name: column.nullable for column in table.columns}, table.name


def test_a_migrated_database_has_nothing_pending(engine):
    with engine.connect() as connection:
        assert not pending(connection)


def test_migrating_twice_changes_nothing(tmp_path):
    fresh = create_engine(f"sqlite:///{tmp_path}/fresh.db")
    with fresh.connect() as connection:
        assert pending(connection)
    upgrade(fresh)
    upgrade(fresh)
    with fresh.connect() as connection:
        assert not pending(connection)
    fresh.dispose()


def test_every_constraint_has_a_name_that_both_databases_keep():
    for table in metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
            assert len(str(constraint.name)) <= 63, constraint.name
        for index in table.indexes:
            assert len(str(index.name)) <= 63, index.name
    assert metadata.naming_convention == NAMING
