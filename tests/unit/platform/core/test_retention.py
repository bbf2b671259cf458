"""How long what has been kept is shown."""

from datetime import UTC, datetime, timedelta

from mock_platform.core.retention import kept_since

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)


def test_what_is_shown_is_no_older_than_it_may_get():
    assert kept_since(NOON, timedelta(days=7)) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert kept_since(NOON, timedelta(0)) == NOON


def test_a_retention_longer_than_the_calendar_keeps_everything():
    assert kept_since(NOON, timedelta(days=999_999_999)) == datetime.min.replace(tzinfo=UTC)
