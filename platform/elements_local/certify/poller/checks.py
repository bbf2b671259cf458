"""The checks of pollers, from their table: what is done around a poller's runs, and where that has been met in the field."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import yaml
from msgspec import Struct, convert


class PollerCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One check.

    Attributes:
        title: what a poller has to do.
        hazard: what happens in the field, and where that is reported.
        rule: what a poller has to keep to.
        cure: what usually makes it keep to that.
        steps: what is done; the table says in which words.
        start: of the first run.
        zone: which time the poller's machine keeps; None for its own.
    """

    title: str
    hazard: str
    rule: str
    cure: str
    steps: tuple[str | dict[str, Any], ...]
    start: datetime = datetime(2026, 3, 2, 10, tzinfo=UTC)
    zone: str | None = None


_TABLE = files(__package__).joinpath("battery.yaml").read_text("utf-8")
BATTERY: Mapping[str, PollerCheck] = convert(yaml.safe_load(_TABLE), dict[str, PollerCheck])
"""The checks by their names, in the order in which they are made."""
