"""Traces of what went to the provider."""

from collections.abc import Callable

from msgspec import structs
from msgspec.json import Decoder
from sqlalchemy import select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.transaction import Transaction
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.counters import next_number
from mock_platform.core.tables import columns_of, traces
from mock_platform.provider.provider_trace import ProviderExchange, Trace

_exchanges = Decoder(tuple[ProviderExchange, ...])


class Traces(DatabaseStore):
    """The traces of every workspace."""

    def add(self, workspace: str, make: Callable[[int], Trace]) -> Trace:
        """Keep a trace, made under the next number."""
        with self._database.writing() as connection:
            trace = make(next_number(Transaction(connection, workspace), "trace", first=1))
            row = {**structs.asdict(trace), "exchanges": encode_text(trace.exchanges)}
            connection.execute(traces.insert(), {"workspace": workspace, **row})
        return trace

    def get(self, workspace: str, trace_id: str) -> Trace | None:
        """Return the trace with this id."""
        query = select(traces).where(traces.c.workspace == workspace, traces.c.id == trace_id)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Trace(**{**columns_of(row), "exchanges": _exchanges.decode(row.exchanges)})
