"""Runs the battery at a tenant and on a stack of our own, and holds the two against each other."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum
from typing import Any

from msgspec import Struct

from elements_local.errors import HarnessError
from elements_local.fidelity import ledger
from elements_local.start import Options, in_process
from elements_local.verify.check import Check
from elements_local.verify.checks import BATTERY
from elements_local.verify.comparison import alike
from elements_local.verify.readers import SinkReader
from elements_local.verify.tenant import Tenant, tenant_of
from elements_local.verify.visit import Visit, refused


class Agreement(Enum):
    """What came of a check."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_SEEN = "not seen"


class Finding(Struct, frozen=True, kw_only=True):
    """One check of a tenant.

    Attributes:
        rows: the ledger's behaviours that it looks at.
        ours, theirs: what was observed, in a form without values.
        why: why it was not seen.
    """

    name: str
    title: str
    agreement: Agreement
    rows: tuple[str, ...]
    ours: Any = None
    theirs: Any = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as ``--json`` prints it, and as it can be given back to the project."""
        seen = {"ours": self.ours, "theirs": self.theirs} if self.agreement is not Agreement.NOT_SEEN else {}
        why = {"why": self.why} if self.why else {}
        return {
            "check": self.name,
            "title": self.title,
            "verdict": self.agreement.value,
            "rows": list(self.rows),
            **seen,
            **why,
        }


Observed = Mapping[str, Any | HarnessError]


def observe(visit: Visit, *, on_check: Callable[[str], None] = lambda _: None) -> Iterator[tuple[str, Any]]:
    """Yield what each check sees at a tenant, or why it sees nothing."""
    for name, check in BATTERY.items():
        on_check(name)
        yield name, _seen(check, visit)


def _seen(check: Check, visit: Visit) -> Any:
    try:
        return check(visit)
    except HarnessError as error:
        return error
    except (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        return HarnessError(
            f"the answer has another form than this check reads ({type(error).__name__}: {error})"
        )


@contextmanager
def reference(
    *, profile: str = "cloud-elements", interval: timedelta = timedelta(minutes=1)
) -> Iterator[Tenant]:
    """Give a stack of our own as a tenant, with every setting at its default, whatever is set."""
    environment = {"ELEMENTS_LOCAL_PLATFORM_PROFILE": profile}
    with in_process(Options(environment=environment)) as stack:
        clients = stack.new_workspace(seed=1)
        yield tenant_of(
            clients, SinkReader(clients.sink), name=f"elements-local, {profile}", interval=interval
        )


def compare(ours: Observed, theirs: Observed) -> list[Finding]:
    """Hold what was observed at a tenant against what our own stack does."""
    rows = rows_by_check()
    return [_finding(name, ours[name], seen, rows.get(name, ())) for name, seen in theirs.items()]


def _finding(name: str, ours: Any, theirs: Any, rows: tuple[str, ...]) -> Finding:
    title = (BATTERY[name].__doc__ or name).strip().removesuffix(".")
    for side, seen in (("here", ours), ("there", theirs)):
        if isinstance(seen, HarnessError):
            why = f"{side}: {refused(seen)}"
            return Finding(name=name, title=title, agreement=Agreement.NOT_SEEN, rows=rows, why=why)
    agreement = Agreement.AGREES if alike(ours, theirs) else Agreement.DIFFERS
    return Finding(name=name, title=title, agreement=agreement, rows=rows, ours=ours, theirs=theirs)


def rows_by_check() -> dict[str, tuple[str, ...]]:
    """Return the ledger's behaviours by the check that looks at them."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in ledger():
        for name in entry.verify:
            found[name] = (*found.get(name, ()), entry.behaviour)
    return found
