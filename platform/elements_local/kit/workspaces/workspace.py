"""A workspace, what may be chosen of a new one, and the secrets that open it: documented ones, from a seed, or unknown to all."""

import re
import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from typing import Annotated
from uuid import uuid4

from msgspec import Meta, Struct

from elements_local.kit import seeded
from elements_local.kit.api.json_text import Json
from elements_local.kit.clock import Mode, WorkspaceClock, in_utc
from elements_local.kit.instants import for_clock

SEEDS = 2**63
"""Seeds are whole numbers from minus this up to, and without, this."""


class WorkspaceError(Exception):
    """A workspace cannot be made or removed as asked."""


class WorkspaceNameError(WorkspaceError):
    """A name would not do as the first segment of a path."""

    def __init__(self, name: object) -> None:
        super().__init__(
            f"a workspace's name is 1 to 63 lower-case letters, digits and hyphens, not starting with a hyphen; got {name!r}"
        )


class WorkspaceExistsError(WorkspaceError):
    """The name, or a secret that follows from it, is taken."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is a workspace {name!r} already; choose another name, or delete that one first"
        )


class WorkspaceSeedError(WorkspaceError):
    """A seed is a number that no database column holds."""

    def __init__(self) -> None:
        super().__init__(f"a seed is a whole number of 64 bits, from {-SEEDS} to {SEEDS - 1}")


class DefaultWorkspaceError(WorkspaceError):
    """The default workspace stays."""

    def __init__(self) -> None:
        super().__init__("the default workspace cannot be deleted; reset it instead")


DEFAULT_NAME = "default"
DEFAULT_START = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday morning; where a virtual clock starts by default."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


class Workspace(Struct, frozen=True, kw_only=True):
    """One customer's data, credentials and clock.

    Attributes:
        name: also the first segment of its callback URL's path.
        seed, origin: what its ids and made-up data follow from; the origin is its own name, or the name of the
            workspace whose snapshot it was put back to.
        organization_secret, user_secret, crm_api_key: what opens it; see ``Secrets``.
        start: where its virtual clock starts, and returns to on reset.
    """

    name: str
    seed: int
    origin: str
    organization_secret: str
    user_secret: str
    crm_username: str
    crm_api_key: str
    start: datetime
    clock: WorkspaceClock

    @property
    def secrets(self) -> dict[str, str]:
        """What opens the workspace, by what it is called."""
        return {
            "organization_secret": self.organization_secret,
            "user_secret": self.user_secret,
            "crm_api_key": self.crm_api_key,
        }

    def to_json(self) -> dict[str, Json]:
        """Return name and credentials, as those need them who are to work in it."""
        return {
            "name": self.name,
            "organization_secret": self.organization_secret,
            "user_secret": self.user_secret,
            "crm_username": self.crm_username,
            "crm_api_key": self.crm_api_key,
            "seed": self.seed,
        }


@dataclass(frozen=True, kw_only=True)
class NewWorkspace:
    """What may be chosen about a workspace; the rest follows.

    Attributes:
        seed: None draws one.

    Raises:
        NaiveInstantError: the start has no time zone.
        UnreadableTimeError: its year is beyond those of clocks.
        WorkspaceSeedError: the seed has more than 64 bits.
    """

    name: str | None = None
    mode: Mode = Mode.VIRTUAL
    start: datetime = DEFAULT_START
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.seed is not None and not -SEEDS <= self.seed < SEEDS:
            raise WorkspaceSeedError
        # The value is frozen, and its start has to be in UTC wherever it is compared.
        object.__setattr__(self, "start", for_clock(in_utc(self.start)))

    def drawn(self, *, named: Callable[[str], object]) -> tuple[str, int]:
        """Return its name and its seed, each drawn if it was not chosen; the name follows from the seed.

        Args:
            named: returns what has a name already; the next one of the seed is drawn then.

        Raises:
            WorkspaceNameError: the name would not do.
        """
        # 53 bits: every JSON reader keeps such a number exactly.
        seed = secrets.randbits(53) if self.seed is None else self.seed
        own = f"ws-{seeded.hexadecimal(seed, 'name', length=12)}"
        names = chain([own], (f"{own}-{nth}" for nth in count(2)))
        name = next(each for each in names if named(each) is None) if self.name is None else self.name
        if not _NAME.match(name):
            raise WorkspaceNameError(name)
        return name, seed


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


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What opens a workspace.

    Attributes:
        organization_secret: 32 hexadecimal digits.
        user_secret: 44 characters of base64.
        crm_api_key: a GUID.
    """

    organization_secret: str
    user_secret: str
    crm_api_key: str


DOCUMENTED = Secrets(
    organization_secret="0123456789abcdef0123456789abcdef",  # noqa: S106 - documented
    user_secret="ZWxlbWVudHMtbG9jYWwgZGVmYXVsdCB1c2VyIHNlYyE=",  # noqa: S106 - documented
    crm_api_key="00000000-0000-4000-a000-000000000001",
)
"""Those of the default workspace, unless others can reach the stack."""


def seeded_secrets(seed: int, name: str) -> Secrets:
    """Return secrets that follow from a seed and a name, as do a workspace's other values."""
    return Secrets(
        organization_secret=seeded.hexadecimal(seed, name, "organization", length=32),
        user_secret=seeded.base64_token(seed, name, "user"),
        crm_api_key=seeded.guid(seed, name, "crm"),
    )


def random_secrets() -> Secrets:
    """Return secrets that nobody can know."""
    return Secrets(
        organization_secret=secrets.token_hex(16),
        user_secret=b64encode(secrets.token_bytes(32)).decode(),
        crm_api_key=str(uuid4()),
    )
