"""The names of the three services' settings, as a scenario gives them: what follows ``ELEMENTS_LOCAL_``."""

from dataclasses import fields

import callback_sink
import mock_insightly
import mock_platform

PREFIX = "ELEMENTS_LOCAL_"

_SERVICES = {
    "PLATFORM": mock_platform.Settings,
    "CRM": mock_insightly.Settings,
    "SINK": callback_sink.Settings,
}

NAMES = [
    f"{service}_{setting.name.upper()}"
    for service, settings in _SERVICES.items()
    for setting in fields(settings)
]
