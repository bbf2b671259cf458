"""The file that ``replay --tenant`` reads: where a tenant is, and how its callbacks are read. Secrets stand nowhere in it."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from elements_local.errors import OptionError
from elements_local.kit.os_errors import os_reason
from elements_local.kit.workspaces.instants import UnreadableTimeError, parse_duration
from elements_local.scenarios.scenario_document import ScenarioDocument, ScenarioError
from elements_local.scenarios.verbs.verb import TenantAbilities
from elements_local.scenarios.yaml_text import YamlError, read_documents
from elements_local.tenant_replay.replays import TenantTiming

_EXAMPLE = "`platform_url: https://api.cloud-elements.com/elements/api-v2` and `callback_url: https://...`"
_HttpUrl = Annotated[str, Meta(pattern="^https?://", description="a URL such as https://example.com")]
_Positive = Annotated[int, Meta(ge=1)]


class TenantFile(Struct, forbid_unknown_fields=True, frozen=True):
    """A tenant as a user writes it down, in YAML.

    Attributes:
        platform_url: with ``/elements/api-v2`` at the end.
        callback_url: leads to a port of this machine, or to the collector.
        collector_url: is emptied by ``GET ?returnQueue``; without one a sink of ours listens.
        listen: the sink's port.
        profile: which of the platform's two names it has.
        shortest_interval: in minutes, how often it polls at most.
        intervals: how many of them an expectation may be late.
        settle: what a poll and its callbacks take at most.
        speed: how fast its time runs, if it is a stack of ours.
    """

    platform_url: _HttpUrl
    callback_url: _HttpUrl
    crm_url: _HttpUrl = "https://api.insightly.com"
    collector_url: str = ""
    listen: Annotated[int, Meta(ge=0, le=65535)] = 4702
    profile: Literal["cloud-elements", "open-connectors"] = "cloud-elements"
    shortest_interval: _Positive = 1
    intervals: _Positive = 2
    settle: str = "10s"
    speed: _Positive = 1

    @property
    def abilities(self) -> TenantAbilities:
        """What scenarios may need of it."""
        return TenantAbilities(
            profile=self.profile,
            has_sink=not self.collector_url,
            shortest_interval=self.shortest_interval,
        )

    @property
    def timing(self) -> TenantTiming:
        """How long is waited there."""
        return TenantTiming(settle=parse_duration(self.settle), intervals=self.intervals)


def read_tenant(path: Path) -> TenantFile:
    """Read the file.

    Raises:
        OptionError: it cannot be read; says where in it, what came and what was expected.
    """
    try:
        documents = read_documents(path.read_text("utf-8"))
        if len(documents) != 1:
            raise OptionError(f"{path}: expected one document with {_EXAMPLE}; got {len(documents)}")
        read = ScenarioDocument(path, documents[0]).convert(documents[0].value, TenantFile, example=_EXAMPLE)
        parse_duration(read.settle)
    except (ScenarioError, YamlError) as error:
        where = f"{path}:{error.place.line}: " if isinstance(error, YamlError) else ""
        hint = (
            "; secrets are read from the environment alone"
            if "secret" in str(error) or "key" in str(error)
            else ""
        )
        raise OptionError(f"{where}{error}{hint}") from error
    except UnreadableTimeError as error:
        raise OptionError(f"{path}: settle: {error}") from error
    except UnicodeDecodeError as error:
        raise OptionError(f"{path} cannot be read: it is not UTF-8") from error
    except OSError as error:
        raise OptionError(f"{path} cannot be read: {os_reason(error)}") from error
    return read
