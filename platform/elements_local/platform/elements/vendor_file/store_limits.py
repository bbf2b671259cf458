"""The calls that a vendor file's limits count, in each workspace."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, bindparam, func, select

from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.schema import workspace_table
from elements_local.kit.traffic.fault_rules import fits
from elements_local.platform.elements.vendor_file.limits import retry_after, window
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.templates import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elements_local.kit.fakes.host import FakeHost
    from elements_local.kit.workspaces.registry import Workspace
    from elements_local.platform.elements.vendor_file.model import VendorLimit


class CallCounts:
    """How many calls of each limit were let through, and when.

    Args:
        tables: to which theirs is added.
    """

    def __init__(self, host: "FakeHost", limits: "tuple[VendorLimit, ...]", tables: MetaData) -> None:
        self._database, self._limits, self._turn = host.database, limits, f"{host.name} limits"
        counts = workspace_table(
            tables,
            f"{host.name}_counts",
            Column("place", Integer, primary_key=True, autoincrement=False),
            Column("at", Instant, primary_key=True),
            Column("calls", BigInteger, nullable=False),
        )
        here = counts.c.place == bindparam("of_place")
        keys = ["workspace", "place", "at"]
        used = func.coalesce(func.sum(counts.c.calls), 0).label("used")
        # a clock that was set back has calls of the future, which are not of this time either
        until = counts.c.at <= bindparam("until")
        self._taken = WorkspaceStatement(
            select(used, func.min(counts.c.at).label("oldest")).where(here, until)
        )
        self._forget = WorkspaceStatement(counts.delete().where(here, counts.c.at <= bindparam("after")))

        def add(insert_into: Any) -> Any:
            kept = insert_into(counts)
            more = {"calls": counts.c.calls + kept.excluded.calls}
            return kept.on_conflict_do_update(index_elements=keys, set_=more)

        self._add = WorkspaceStatement(add)

    def take(self, workspace: "Workspace", path: str, headers: dict[str, str]) -> None:
        """Count a call, and add the headers by which its answer says what is left.

        Raises:
            VendorRefusalError: it goes beyond a limit; then it counts for none.
        """
        now = workspace.clock.now()
        with self._database.transaction(workspace.name, alone=self._turn) as tx:
            for place, limit in self._of(path):
                time, cost = window(limit, now), _cost(limit, path)
                tx.run(self._forget, of_place=place, after=time.after)
                row = tx.first(self._taken, of_place=place, until=now)
                used, oldest = (row.used, row.oldest) if row else (0, None)
                left, wait = limit.calls - int(used), retry_after(limit, oldest or now, now)
                is_let_through = cost <= left
                values = {"calls": limit.calls, "left": left - cost if is_let_through else left, "wait": wait}
                made = filled(dict(limit.headers), values)
                headers |= {name: str(text) for name, text in made.items()} if isinstance(made, dict) else {}
                if not is_let_through:
                    said = f"no more than {limit.calls} calls are answered; another is in {wait} seconds"
                    raise VendorRefusalError("limit", said, **{**values, **limit.values})
                tx.run(self._add, place=place, at=time.at, calls=cost)

    def _of(self, path: str) -> "Iterator[tuple[int, VendorLimit]]":
        for place, limit in enumerate(self._limits):
            if any(fits(path, each) for each in limit.paths) and not any(
                fits(path, each) for each in limit.but
            ):
                yield place, limit


def _cost(limit: "VendorLimit", path: str) -> int:
    return next((cost for pattern, cost in limit.costs.items() if fits(path, pattern)), 1)
