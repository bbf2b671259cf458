"""What a role of PostgreSQL has to be allowed to do with the tables that it finds."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

_LACKING = text(
    """
    WITH ours AS (SELECT to_regclass(quote_ident(name))::oid AS id FROM unnest(CAST(:tables AS text[])) AS name),
    needed AS (
        SELECT id, privilege, has_table_privilege(id, privilege) AS is_granted
        FROM ours, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
        UNION ALL
        SELECT objid, 'USAGE', CASE relkind WHEN 'S' THEN has_sequence_privilege(objid, 'USAGE') END
        FROM pg_depend JOIN ours ON refobjid = id JOIN pg_class ON pg_class.oid = objid
    )
    SELECT id::regclass::text AS name, string_agg(privilege, ', ') AS privileges, current_user AS role
    FROM needed WHERE NOT is_granted GROUP BY id ORDER BY name
    """
)
"""Of tables, and of the sequences that number their rows."""


class MissingPrivilegeError(Exception):
    """The role that a database is used as may not do with its tables what this program does."""

    def __init__(self, role: str, lacking: Sequence[tuple[str, str]]) -> None:
        (name, privileges), *others = lacking
        more = f", nor what is needed on {len(others)} more" if others else ""
        super().__init__(
            f"the role {role} may not {privileges} on {name}{more}; let the owner of these tables grant it SELECT, INSERT, "
            "UPDATE and DELETE on them, and USAGE on their sequences"
        )


def check_privileges(connection: Connection, tables: Sequence[str]) -> None:
    """Check that a role may read and write tables of a PostgreSQL; of one that is not there, nothing is said.

    Raises:
        MissingPrivilegeError: says what it may not do.
    """
    lacking = connection.execute(_LACKING, {"tables": list(tables)}).all()
    if lacking:
        raise MissingPrivilegeError(lacking[0].role, [(row.name, row.privileges) for row in lacking])
