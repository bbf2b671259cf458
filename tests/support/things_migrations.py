"""Steps of a part that only tests have: what was one table without an owner has become one with owner, note and index."""

from sqlalchemy import Column, Integer, Text


def to_2(op):
    op.add_column("things", Column("owner", Text, nullable=False, server_default="nobody"))
    with op.batch_alter_table("things") as things:
        things.alter_column("owner", server_default=None)


def to_3(op):
    with op.batch_alter_table("things") as things:
        things.alter_column("size", existing_type=Integer, nullable=True)
        things.create_index("things_of_owner", ["owner"])
    op.create_table("notes", Column("thing", Integer, primary_key=True), Column("text", Text, nullable=False))


def to_5(_op):
    raise AssertionError("nothing leads to version 4")
