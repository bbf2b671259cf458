"""What the environment says about the platform."""

from datetime import timedelta

import pytest

from elements_local.kit.settings import SettingsError
from elements_local.platform import PlatformSettings
from elements_local.platform.core.choices import OPEN_CONNECTORS, EmptyBlock, RawForm

PREFIX = "ELEMENTS_LOCAL_PLATFORM_"


def test_without_a_word_all_is_as_the_evidence_favours():
    assert PlatformSettings.from_env({}) == PlatformSettings()


def test_variables_of_others_are_passed_over():
    others = {
        "ELEMENTS_LOCAL_PLATFORM_URL": "http://127.0.0.1:9",
        "ELEMENTS_LOCAL_CRM_BATCH_SIZE": "x",
        "ELEMENTS_LOCAL_PLATFORM_PORT": "4700",
        "BATCH_SIZE": "1",
        "PATH": "",
    }

    assert PlatformSettings.from_env(others) == PlatformSettings()


@pytest.mark.parametrize(
    ("name", "text", "setting", "value"),
    [
        ("BATCH_SIZE", "1", "batch_size", 1),
        ("CALLBACK_TIMEOUT", "2.5", "callback_timeout", timedelta(seconds=2.5)),
        ("CREATED_CHECK_TOLERANCE", "10", "created_check_tolerance", timedelta(seconds=10)),
        ("EMPTY_BLOCK", "skip", "empty_block", EmptyBlock.SKIP),
        ("POLL_FAILURE_LIMIT", "50", "poll_failure_limit", 50),
        ("RETRY_SCHEDULE", "open-connectors", "retry_schedule", OPEN_CONNECTORS),
        ("UNSET_VALUE", "", "unset_value", ""),
        ("RAW_FORM", "2020", "raw_form", RawForm.INSIDE_RECORDS),
        ("EVENT_RETENTION", "60", "event_retention", timedelta(minutes=1)),
        ("BULK_UPLOAD_LIMIT", "1000", "bulk_upload_limit", 1000),
        ("CSV_GUARD", "true", "csv_guard", True),
        ("ANALYTICS_LIMIT", "61", "analytics_limit", 61),
    ],
)
def test_each_setting_has_its_variable(name, text, setting, value):
    assert getattr(PlatformSettings.from_env({PREFIX + name: text}), setting) == value


def test_the_older_name_of_the_platform_is_the_default():
    assert PlatformSettings.from_env({f"{PREFIX}PROFILE": "cloud-elements"}) == PlatformSettings()


def test_the_newer_name_switches_every_disagreement_at_once_and_each_can_be_switched_back():
    newer = PlatformSettings.from_env({f"{PREFIX}PROFILE": "open-connectors"})
    mixed = PlatformSettings.from_env({f"{PREFIX}PROFILE": "open-connectors", f"{PREFIX}RAW_FORM": "2018"})

    assert (newer.retry_schedule, newer.raw_form, newer.unset_value) == (
        OPEN_CONNECTORS,
        RawForm.INSIDE_RECORDS,
        "",
    )
    assert (mixed.retry_schedule, mixed.raw_form) == (OPEN_CONNECTORS, RawForm.BESIDE_RECORDS)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("BATCH_SIZE", "0", "a whole number from 1 to 999999999"),
        ("BATCH_SIZE", "-1", "a whole number from 1 to 999999999"),
        ("BATCH_SIZE", "ten", "a whole number from 1 to 999999999"),
        ("BATCH_SIZE", "٣", "a whole number from 1 to 999999999"),
        ("POLL_FAILURE_LIMIT", "", "a whole number from 1 to 999999999"),
        ("POLL_FAILURE_LIMIT", "9" * 5000, "a whole number from 1 to 999999999"),
        ("CALLBACK_TIMEOUT", "-1", "seconds from 0 to 1000000000"),
        ("CALLBACK_TIMEOUT", "nan", "seconds from 0 to 1000000000"),
        ("CALLBACK_TIMEOUT", "inf", "seconds from 0 to 1000000000"),
        ("CREATED_CHECK_TOLERANCE", "a while", "seconds from 0 to 1000000000"),
        ("EMPTY_BLOCK", "SKIP", "default or skip"),
        ("RETRY_SCHEDULE", "9", "cloud-elements or open-connectors"),
        ("RAW_FORM", "2019", "2018 or 2020"),
        ("PROFILE", "sap", "cloud-elements or open-connectors"),
    ],
)
def test_a_value_that_a_setting_does_not_take_is_refused_by_the_variables_name(name, text, expected):
    with pytest.raises(SettingsError) as refused:
        PlatformSettings.from_env({PREFIX + name: text})

    assert str(refused.value) == f"{PREFIX}{name} must be {expected}; got {text!r}"
