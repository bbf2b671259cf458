"""Calls that are done later."""

from collections.abc import Callable
from datetime import datetime

from msgspec import structs
from msgspec.json import Decoder
from sqlalchemy import BigInteger, Column, LargeBinary, Text, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.transaction import Transaction
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.counters import next_number
from mock_platform.core.tables import OutsideText, columns_of, platform_table
from mock_platform.hub.async_call import AsyncCall
from mock_platform.jobs.due_job import Job, JobKind
from mock_platform.jobs.store import move_or_remove, plan_job

async_calls = platform_table(
    "platform_async_calls",
    Column("number", BigInteger, primary_key=True),
    Column("instance_id", BigInteger, nullable=False),
    Column("method", Text, nullable=False),
    Column("target", OutsideText, nullable=False),
    Column("headers", OutsideText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("url", OutsideText, nullable=False),
)

_headers = Decoder(dict[str, str])


class AsyncCalls(DatabaseStore):
    """The calls of every workspace that wait to be done."""

    def add(
        self, workspace: str, make: Callable[[int], AsyncCall], *, first_id: int, now: datetime
    ) -> AsyncCall:
        """Keep a call under the next notification's number, to be done at once when time lets due work run."""
        with self._database.writing() as connection:
            call = make(next_number(Transaction(connection, workspace), "notification", first=first_id))
            row = {**structs.asdict(call), "headers": encode_text(dict(call.headers))}
            connection.execute(async_calls.insert(), {"workspace": workspace, **row})
            # call and job in one transaction, or a call could be kept that is never done
            plan_job(connection, workspace, JobKind.CALL, str(call.number), now)
        return call

    def get(self, workspace: str, number: int) -> AsyncCall | None:
        """Return a call that waits."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(async_calls).where(
                    async_calls.c.workspace == workspace, async_calls.c.number == number
                )
            ).first()
        if row is None:
            return None
        return AsyncCall(**{**columns_of(row), "headers": _headers.decode(row.headers)})

    def done(self, job: Job) -> None:
        """Forget a call that has been done."""
        with self._database.writing() as connection:
            connection.execute(
                async_calls.delete().where(
                    async_calls.c.workspace == job.workspace, async_calls.c.number == int(job.subject)
                )
            )
            move_or_remove(connection, job, None)
