"""How many calls are let through."""

import pytest


@pytest.fixture
def limited(configured):
    """A CRM with the vendor's ways, three calls a second, five a day."""
    return configured(limits="vendor", burst_limit=3, daily_limit=5)


def statuses(crm, count):
    return [crm.send("GET", "Contacts").status for _ in range(count)]


def test_nobody_is_refused_unless_that_is_wanted(configured):
    crm = configured(burst_limit=1, daily_limit=1)

    assert statuses(crm, 3) == [200, 200, 200]
    assert crm.send("GET", "Contacts").headers["X-RateLimit-Remaining"] == "0"


@pytest.mark.assumed
def test_a_burst_is_refused_until_a_second_later(limited):
    assert statuses(limited, 4) == [200, 200, 200, 429]

    refused = limited.send("GET", "Contacts")
    assert (refused.headers["X-RateLimit-Remaining"], refused.headers["Retry-After"]) == ("2", "1")
    assert refused.body.startswith(b'{"Message":')
    limited.advance(seconds=1)
    assert statuses(limited, 1) == [200]


@pytest.mark.assumed
def test_a_day_is_over_at_midnight(limited):
    statuses(limited, 3)
    limited.advance(seconds=1)
    assert statuses(limited, 3) == [200, 200, 429]

    limited.advance(seconds=10)
    refused = limited.send("GET", "Contacts")
    assert refused.status == 429
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["Retry-After"] == str(14 * 3600 - 11)
    limited.advance(hours=14)
    assert statuses(limited, 1) == [200]


def test_a_refused_call_does_nothing(limited):
    statuses(limited, 3)

    assert limited.send("POST", "Contacts", json={"FIRST_NAME": "x"}).status == 429
    assert limited.changes() == []


def test_v2_1_is_limited_without_a_word_of_it(limited):
    old = limited.at("v2.1")
    statuses(old, 3)

    refused = old.send("GET", "Contacts")

    assert refused.status == 429
    assert "X-RateLimit-Limit" not in refused.headers
