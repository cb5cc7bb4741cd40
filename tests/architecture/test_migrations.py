"""The migrations make exactly the tables that the code means."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from support.kernel.db import NAMING
from web.migrations import config, pending, upgrade
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


def test_the_blocks_that_articles_show_already_are_known(tmp_path):
    """From 0021 to 0022, with a wiki in the database."""
    fresh = create_engine(f"sqlite:///{tmp_path}/fresh.db")
    with fresh.begin() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0021")
        day = "2026-11-27 10:00:00"
        for number, (published, body) in enumerate(
            [(1, "{{tarif}} puis {{ tarif }} et {{adresse}}"), (None, "{{tarif}}"), (1, "Rien.")], 1
        ):
            connection.exec_driver_sql(
                "INSERT INTO article (id, slug, language, audience, state, owner_agent_id,"
                " latest_number, published_number, keywords, source_note, change_number,"
                " created_at, updated_at) VALUES (?, ?, 'fr', 'public', 'published', 1, 1, ?,"
                " '[]', '', 0, ?, ?)",
                (number, f"fiche-{number}", published, day, day),
            )
            connection.exec_driver_sql(
                "INSERT INTO revision (article_id, number, title, summary, body_markdown,"
                " author_agent_id, comment, created_at) VALUES (?, 1, 't', '', ?, 1, '', ?)",
                (number, body, day),
            )
    upgrade(fresh)
    with fresh.connect() as connection:
        query = "SELECT article_id, name FROM article_block ORDER BY 1, 2"
        found = connection.exec_driver_sql(query).all()
    assert found == [(1, "adresse"), (1, "tarif")]
    fresh.dispose()
