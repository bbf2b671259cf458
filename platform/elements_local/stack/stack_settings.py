"""The names of a stack's and its services' settings, as a scenario gives them: what follows ``ELEMENTS_LOCAL_``."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TypeAlias

import callback_sink
import mock_insightly
import mock_platform
from elements_local.stack.shared_settings import SharedSettings

_Settings: TypeAlias = (
    mock_platform.PlatformSettings | mock_insightly.CrmSettings | callback_sink.SinkSettings
)

_SERVICES: Mapping[str, type[_Settings]] = {
    "PLATFORM": mock_platform.PlatformSettings,
    "CRM": mock_insightly.CrmSettings,
    "SINK": callback_sink.SinkSettings,
}


def check(environment: Mapping[str, str]) -> None:
    """Refuse settings that a service cannot be started with.

    Raises:
        SettingsError: a value is not what its setting takes.
    """
    for settings in (SharedSettings, *_SERVICES.values()):
        settings.from_env(environment)


NAMES = [
    *(setting.name.upper() for setting in fields(SharedSettings)),
    *(
        f"{service}_{setting.name.upper()}"
        for service, settings in _SERVICES.items()
        for setting in fields(settings)
    ),
]
