"""A stack's database, brought back to one state again and again."""

import sqlite3

SILENT_TABLES = frozenset({"platform_traces", "sink_usage"})
"""They have every request as it came, whether anything reads it or not."""


class Rewind:
    """Brings a stack back to the state in which it was made: its database, and a workspace's clock.

    Args:
        database: the stack's, which is SQLite's.
        clients: of the workspace.
    """

    def __init__(self, database, clients):
        self._present = sqlite3.connect(database.engine.url.database)
        self._present.execute("PRAGMA synchronous = OFF")
        self._clock = clients.clock
        self._snapshot = clients.snapshot()
        self._restore = clients.restore
        self._now = self._clock.show()
        self._copy = sqlite3.connect(":memory:")
        self._present.backup(self._copy)
        tables = self._present.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        self._tables = [name for (name,) in tables if name not in SILENT_TABLES]

    def __call__(self, *, thorough=False):
        """Go back.

        Args:
            thorough: with what the services keep in memory, too.
        """
        self._copy.backup(self._present)
        if thorough or self._clock.show() != self._now:
            self._restore(self._snapshot)
            self._copy.backup(self._present)

    def state(self):
        """Return the values that there are, each with its table, row and column, but for requests as they came."""
        return {
            (table, number, column): value
            for table in self._tables
            for number, row in enumerate(self._present.execute(f'SELECT * FROM "{table}"'))  # noqa: S608 - the stack's own names
            for column, value in enumerate(row)
        }

    def close(self):
        """Let go of both connections."""
        self._present.close()
        self._copy.close()
