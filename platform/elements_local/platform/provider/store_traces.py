"""Traces of what went to the provider."""

from collections.abc import Callable

from msgspec import structs
from msgspec.json import Decoder
from sqlalchemy import bindparam, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.transaction import Transaction, WorkspaceStatement
from elements_local.platform.core.counters import next_number
from elements_local.platform.core.tables import columns_of, traces
from elements_local.platform.provider.provider_trace import ProviderExchange, Trace

_exchanges = Decoder(tuple[ProviderExchange, ...])


_add = WorkspaceStatement(traces.insert())
_get = WorkspaceStatement(select(traces).where(traces.c.id == bindparam("of_id")))


class Traces:
    """The traces of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, make: Callable[[int], Trace]) -> Trace:
        """Keep a trace, made under the next number."""
        trace = make(next_number(self._tx, "trace", first=1))
        self._tx.run(_add, **structs.asdict(trace) | {"exchanges": encode_text(trace.exchanges)})
        return trace

    def get(self, trace_id: str) -> Trace | None:
        """Return the trace with this id."""
        row = self._tx.first(_get, of_id=trace_id)
        if row is None:
            return None
        return Trace(**{**columns_of(row), "exchanges": _exchanges.decode(row.exchanges)})
