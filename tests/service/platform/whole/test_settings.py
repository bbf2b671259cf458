"""What the environment says about the platform."""

from elements_local.platform import PlatformSettings
from elements_local.platform.core.settings import OPEN_CONNECTORS, RawForm

PREFIX = "ELEMENTS_LOCAL_PLATFORM_"


def test_variables_of_others_are_passed_over():
    others = {
        "ELEMENTS_LOCAL_PLATFORM_URL": "http://127.0.0.1:9",
        "ELEMENTS_LOCAL_CRM_BATCH_SIZE": "x",
        "ELEMENTS_LOCAL_PLATFORM_PORT": "4700",
        "BATCH_SIZE": "1",
        "PATH": "",
    }

    assert PlatformSettings.from_env(others) == PlatformSettings()


def test_the_newer_name_switches_every_disagreement_at_once_and_each_can_be_switched_back():
    newer = PlatformSettings.from_env({f"{PREFIX}PROFILE": "open-connectors"})
    mixed = PlatformSettings.from_env({f"{PREFIX}PROFILE": "open-connectors", f"{PREFIX}RAW_FORM": "2018"})

    assert (newer.retry_schedule, newer.raw_form, newer.unset_value) == (
        OPEN_CONNECTORS,
        RawForm.INSIDE_RECORDS,
        "",
    )
    assert (mixed.retry_schedule, mixed.raw_form) == (OPEN_CONNECTORS, RawForm.BESIDE_RECORDS)
