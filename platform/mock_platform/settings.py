"""What can be set about the platform, among it everything that no source settles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from mock_platform.domain.poller_configuration import EmptyBlock
from mock_platform.domain.retry import CLOUD_ELEMENTS, Ladder


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The platform's settings; each default is the one that the evidence favours.

    Attributes:
        url: where the platform itself is reached; polls are calls to it.
        crm_url: where the calls go that are meant for Insightly's own host.
        sink_url: the bundled sink; it is told the signature keys of callbacks that go there. Empty for none.
        batch_size: changes in one notification (documented: 10).
        callback_timeout: how long a receiver may take (assumed).
        created_check_tolerance: where a resource names none (assumed: 0).
        empty_block: what an empty resource block means (assumed: the element's own block).
        poll_failure_limit: failures in a row after which a poller is switched off (documented: 100 in production,
            50 and 10 elsewhere).
        ladder: when failed callbacks are tried again (documented twice, in conflict).
        unset_value: how a configuration key without a value is shown (observed: null, later "").
    """

    url: str = "http://127.0.0.1:4700"
    crm_url: str = "http://127.0.0.1:4701"
    sink_url: str = "http://127.0.0.1:4702"
    batch_size: int = 10
    callback_timeout: timedelta = timedelta(seconds=30)
    created_check_tolerance: timedelta = timedelta(0)
    empty_block: EmptyBlock = EmptyBlock.DEFAULT
    poll_failure_limit: int = 100
    ladder: Ladder = CLOUD_ELEMENTS
    unset_value: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read the settings from ``ELEMENTS_LOCAL_PLATFORM_*`` and leave the rest at their defaults.

        Raises:
            ValueError: a value is not what its setting takes.
        """
        given = {
            name.removeprefix(_PREFIX).lower(): value
            for name, value in env.items()
            if name.startswith(_PREFIX)
        }
        texts = {name: value for name, value in given.items() if name in {"url", "crm_url", "sink_url"}}
        numbers = {
            name: int(value) for name, value in given.items() if name in {"batch_size", "poll_failure_limit"}
        }
        seconds = {
            name: timedelta(seconds=float(value))
            for name, value in given.items()
            if name in {"callback_timeout", "created_check_tolerance"}
        }
        block = {"empty_block": EmptyBlock(given["empty_block"])} if "empty_block" in given else {}
        return cls(**texts, **numbers, **seconds, **block)  # type: ignore[arg-type]  # sorted by kind above


_PREFIX = "ELEMENTS_LOCAL_PLATFORM_"
