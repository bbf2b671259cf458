"""How many calls are let through."""

import pytest

from elements_local.kit.workspaces.registry import NewWorkspace


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


@pytest.mark.assumed
def test_a_day_may_be_any_24_hours(configured):
    crm = configured(limits="vendor", burst_limit=3, daily_limit=3, limits_reset="rolling")
    crm.advance(hours=13)
    statuses(crm, 2)
    crm.advance(hours=3)
    assert statuses(crm, 2) == [200, 429]

    refused = crm.send("GET", "Contacts")

    assert refused.headers["Retry-After"] == str(21 * 3600)
    crm.advance(hours=21)
    assert statuses(crm, 3) == [200, 200, 429]
    assert crm.send("GET", "Contacts").headers["Retry-After"] == str(3 * 3600)


@pytest.mark.assumed
def test_when_to_come_again_may_be_left_unsaid(configured):
    crm = configured(limits="vendor", burst_limit=1, retry_after=False)
    statuses(crm, 1)

    refused = crm.send("GET", "Contacts")

    assert (refused.status, "Retry-After" in refused.headers) == (429, False)


def test_each_workspace_has_limits_and_a_day_of_its_own(limited):
    workspace = limited.workspaces.create(NewWorkspace(name="other"))
    other = type(limited)(limited.app, limited.workspaces, workspace)
    statuses(limited, 3)

    assert statuses(other, 2) == [200, 200]
    assert other.send("GET", "Contacts").headers["X-RateLimit-Remaining"] == "2"
    other.advance(days=1)
    assert other.send("GET", "Contacts").headers["X-RateLimit-Remaining"] == "4"
    assert statuses(limited, 1) == [429]


class TestByAFaultRule:
    """A scenario can bring the limits to one workspace for a while."""

    def script(self, crm, effect, **more):
        """Put one rule in force."""
        assert crm.send("PUT", "/_local/faults", json={"faults": [{"effect": effect, **more}]}).status == 200

    def test_a_burst_is_refused_with_calls_left(self, crm):
        self.script(crm, {"burst_limit": 2})

        assert statuses(crm, 3) == [200, 200, 429]
        refused = crm.send("POST", "Contacts", json={"FIRST_NAME": "x"})
        assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
        assert int(refused.headers["X-RateLimit-Remaining"]) > 0
        assert crm.changes() == []
        crm.advance(seconds=1)
        assert statuses(crm, 1) == [200]

    def test_a_day_that_is_used_up_is_refused_with_none_left(self, crm):
        self.script(crm, {"daily_limit": 2})

        last = [crm.send("GET", "Contacts") for _ in range(3)][-1]

        assert (last.status, last.headers["X-RateLimit-Limit"]) == (429, "2")
        assert (last.headers["X-RateLimit-Remaining"], last.headers["Retry-After"]) == ("0", str(14 * 3600))
        crm.advance(hours=14)
        assert statuses(crm, 3) == [200, 200, 429]

    def test_only_what_the_rule_is_about_is_limited(self, crm, another):
        self.script(crm, {"burst_limit": 0}, match={"path": "*/search"}, until="2026-03-02T10:01:00Z")

        assert [crm.send("GET", path).status for path in ("Contacts/Search", "Contacts")] == [429, 200]
        assert another().send("GET", "/v3.1/Contacts/Search").status == 200
        crm.advance(minutes=1)
        assert crm.send("GET", "Contacts/Search").status == 200
