"""A workspace as a snapshot has it."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from mock_kit.workspaces.clock import Mode
from mock_kit.workspaces.errors import SEEDS

_Instant = Annotated[datetime, Meta(tz=True)]
_Secret = Annotated[str, Meta(min_length=16)]


class KeptClock(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A clock as it stood; a real one, which follows the machine, has no instant.

    Attributes:
        watermark: as of when was read last: a change in that second is to begin the next one.
    """

    mode: Mode
    now: _Instant | None
    watermark: _Instant | None = None


class KeptWorkspace(Struct, forbid_unknown_fields=True):
    """A workspace as it was.

    Attributes:
        start: where its virtual clock returns to on reset.
        sink_url: where the sink was, whose bin of the workspace's name its callbacks go to; None if there was none.
    """

    name: Annotated[str, Meta(min_length=1)]
    seed: Annotated[int, Meta(ge=-SEEDS, le=SEEDS - 1)]
    origin: str
    start: _Instant
    clock: KeptClock
    organization_secret: _Secret
    user_secret: _Secret
    crm_api_key: _Secret
    crm_username: Annotated[str, Meta(min_length=1)]
    sink_url: Annotated[str, Meta(min_length=1)] | None

    def names(self) -> tuple[str, ...]:
        """Return what others call it, or it them."""
        sink = () if self.sink_url is None else (self.sink_url, f"{self.sink_url}/{self.name}")
        return (self.organization_secret, self.user_secret, self.crm_api_key, self.crm_username, *sink)
