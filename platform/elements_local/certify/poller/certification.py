"""Tries a poller: each check of the table ``battery.yaml`` has a workspace of its own."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from msgspec import convert

from elements_local.certify.battery import chosen_of, run_battery
from elements_local.certify.poller.trial import PollerCheck, PollerTerms, PollerTrial
from elements_local.certify.scorecard import Result, Scorecard
from elements_local.clients.errors import OptionError, UnknownVendorError
from elements_local.clients.records import INSIGHTLY, Kinds, RecordSort, UnknownRecordError
from elements_local.kit.instants import format_instant
from elements_local.stack.proxy.workspace_variables import workspace_variables
from elements_local.stack.stack import Stack

_TABLE = files(__package__).joinpath("battery.yaml").read_text("utf-8")
BATTERY: Mapping[str, PollerCheck] = convert(yaml.safe_load(_TABLE), dict[str, PollerCheck])
"""The checks by their names, in the order in which they are made."""


def certify_poller(
    stack: Stack,
    terms: PollerTerms,
    *,
    title: str,
    only: Iterable[str] = (),
    on_result: Callable[[Result], None] = lambda _: None,
) -> Scorecard:
    """Try a poller with every check, each in a workspace of its own.

    Args:
        stack: that the poller reaches, with a vendor beside Insightly if that is the one to be polled; it keeps ties.
        title: what the poller is called in the scorecard.
        only: names of checks; all if there are none.
        on_result: is called with each check, in their order, as soon as it is made.

    Raises:
        OptionError: there is no check of a name, no such resource, or the poller cannot be run.
    """

    def perform(check: PollerCheck) -> str:
        clients = stack.new_workspace(start=format_instant(check.start - timedelta(days=1)), seed=terms.seed)
        try:
            sort = _sort(clients.credentials.crms, terms.resource)
            with TemporaryDirectory(prefix="elements-local-") as folder:
                return PollerTrial(
                    check=check,
                    terms=terms,
                    clients=clients,
                    sort=sort,
                    folder=Path(folder),
                    variables=workspace_variables(stack, clients.credentials),
                ).perform()
        except UnknownRecordError as error:
            raise OptionError(f"--resource: {error}") from error
        finally:
            stack.delete_workspace(clients.credentials.name)

    only = tuple(only)
    scorecard = Scorecard(url=title, results=(), chosen=bool(only), subject="poller")
    # the clock stands still: a scorecard is the same each time
    return run_battery(
        chosen_of(BATTERY, only), perform, scorecard, on_result=on_result, clock=lambda: 0.0, jobs=terms.jobs
    )


def _sort(crms: Mapping[str, Mapping[str, object]], resource: str) -> RecordSort:
    """Return a kind of records by its name: of the vendor that is named before it, or else of the first beside Insightly.

    Raises:
        UnknownVendorError: the stack does not play the vendor.
        UnknownRecordError: it has no such kind.
    """
    element, _, name = resource.rpartition("/")
    if element not in {"", INSIGHTLY, *crms}:
        raise UnknownVendorError(element, (INSIGHTLY, *crms))
    return Kinds(crms, first=element or next(iter(crms), INSIGHTLY)).of(name)
