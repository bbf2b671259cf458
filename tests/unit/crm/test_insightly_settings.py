"""The CRM's settings, its public face, and two small memories."""

from datetime import UTC, datetime, timedelta

import pytest

import mock_insightly
from elements_local.kit.settings import SettingsError
from mock_insightly import CrmSettings
from mock_insightly.account.allowance import Allowance, RateLimits, RateLimitVerdict


def test_unknowns_have_the_recommended_defaults():
    assert CrmSettings.from_env({}) == CrmSettings(
        list_honours_updated_after=False,
        search_inclusive=False,
        updated_later_s=0,
        www_authenticate=False,
        plan="Professional",
        daily_limit=0,
        country="United States",
        currency="USD",
    )


def test_settings_are_read_from_variables_with_the_crms_prefix():
    settings = CrmSettings.from_env(
        {
            "ELEMENTS_LOCAL_CRM_LIST_HONOURS_UPDATED_AFTER": "true",
            "ELEMENTS_LOCAL_CRM_SEARCH_INCLUSIVE": "False",
            "ELEMENTS_LOCAL_CRM_UPDATED_LATER_S": "2",
            "ELEMENTS_LOCAL_CRM_COUNTRY": "Germany",
            "ELEMENTS_LOCAL_CRM_PORT": "4701",
            "ELEMENTS_LOCAL_SINK_DAILY_LIMIT": "x",
            "DAILY_LIMIT": "x",
        }
    )

    assert settings == CrmSettings(list_honours_updated_after=True, updated_later_s=2, country="Germany")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("SEARCH_INCLUSIVE", "yes", "true or false"),
        ("DAILY_LIMIT", "-1", "a whole number"),
        ("CHANGE_RETENTION", "2591999", "seconds from 2592000 to 1000000000"),
        ("JOURNAL_BYTES", "1048575", "a whole number from 1048576"),
        ("DAILY_LIMIT", "1e3", "a whole number"),
        ("UPDATED_LATER_S", "", "a whole number"),
        ("UPDATED_LATER_S", "9" * 10, "a whole number"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(name, text, expected):
    with pytest.raises(SettingsError, match=f"^ELEMENTS_LOCAL_CRM_{name} must be {expected}.*; got '{text}'"):
        CrmSettings.from_env({f"ELEMENTS_LOCAL_CRM_{name}": text})


def test_the_public_face_is_two_names():
    assert mock_insightly.__all__ == ["CrmSettings", "create_app"]


@pytest.mark.assumed
def test_the_allowance_is_a_days_and_a_workspaces():
    allowance, limits = Allowance(), RateLimits(daily=2)
    first, second = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)

    assert [allowance.take("a", first, limits).left for _ in range(3)] == [1, 0, 0]
    assert allowance.take("b", first, limits).left == 1
    assert allowance.take("a", second, limits).left == 1
    allowance.clear("a")
    assert allowance.take("a", second, limits) == RateLimitVerdict(left=1)


def test_the_allowance_refuses_what_is_over_a_limit_and_does_not_count_it():
    allowance, limits = Allowance(), RateLimits(daily=3, burst=2, strict=True)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    later = noon + timedelta(seconds=1)

    assert [allowance.take("a", noon, limits) for _ in range(3)] == [
        RateLimitVerdict(left=2),
        RateLimitVerdict(left=1),
        RateLimitVerdict(left=1, retry_after_s=1),
    ]
    assert allowance.take("a", later - timedelta(microseconds=1), limits).retry_after_s == 1
    assert allowance.take("a", later, limits) == RateLimitVerdict(left=0)
    assert allowance.take("a", later, limits) == RateLimitVerdict(left=0, retry_after_s=12 * 3600 - 1)


def test_the_last_day_of_the_calendar_ends_too():
    allowance, limits = Allowance(), RateLimits(daily=1, burst=1, strict=True)
    last = datetime(9999, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)

    assert [allowance.take("a", last, limits) for _ in range(2)] == [
        RateLimitVerdict(left=0),
        RateLimitVerdict(left=0, retry_after_s=1),
    ]


def test_a_clock_that_is_set_back_a_day_starts_a_day():
    allowance, limits = Allowance(), RateLimits(daily=1, burst=1, strict=True)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    allowance.take("a", noon, limits)

    assert allowance.take("a", noon - timedelta(days=1), limits) == RateLimitVerdict(left=0)
