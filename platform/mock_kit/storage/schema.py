"""Which tables a database has to have: parts, each of which has an owner and a version of its own."""

from dataclasses import dataclass

from sqlalchemy import MetaData


@dataclass(frozen=True)
class SchemaPart:
    """The tables of one owner.

    Attributes:
        name: what the owner is called, in messages and in the database.
        version: counts the changes of these tables.
    """

    name: str
    metadata: MetaData
    version: int
