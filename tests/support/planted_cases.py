"""The causes that are planted, each by a planter who knows it to be true: one by one, and two at a time."""

from planted import CALLBACK_URL, LISTS, POLLER, URL, Planted

ENABLED = "event.notification.enabled"
INTERVAL = "event.poller.refresh_interval"
OUTAGE = {"status": 503, "body": "down"}
TIES = {"ELEMENTS_LOCAL_KEEP_TIES": "true"}
ZULU = "yyyy-MM-dd'T'HH:mm:ss'Z'"


def created(world):
    """Create a contact a minute after the instance was made, and wait for a poll."""
    world.wait("1m")
    world.create()
    world.wait("15m")


def updated(world):
    """Let the creation be reported, then change the contact."""
    created(world)
    world.update()
    world.wait("15m")


def created_at(before, then="15m", **faults):
    """Return a story that creates a contact so long after the start, under a fault of the CRM."""

    def story(world):
        if faults:
            world.fault(**faults)
        world.wait(before)
        world.create()
        world.wait(then)

    return story


def answered(*responses, then="15m"):
    """Return a story in which the receiver answers so."""

    def story(world):
        world.answers(*responses)
        world.wait("1m")
        world.create()
        world.wait(then)

    return story


def off(world):
    world.wait("1m")
    world.configure({ENABLED: False})
    created(world)


def off_and_on(world):
    world.wait("1m")
    world.configure({ENABLED: False})
    created(world)
    world.configure({ENABLED: True})
    world.wait("30m")


def disabled(world):
    world.request("DELETE", "/instances/{id}/enabled")
    created(world)


def switched_off(until=None):
    def story(world):
        world.fault(OUTAGE, LISTS, **({"until": until} if until else {}))
        world.wait("101m")
        world.create()
        world.wait("5m")

    return story


def asked_at_once(world):
    world.wait("1m")
    world.create()


def older(world):
    world.create()
    world.wait("1m")


def waits(world):
    world.wait("30m")


def deleted(world):
    created(world)
    world.delete()
    world.wait("15m")


def merged(world):
    world.create("ada-again")
    created(world)
    world.wait("1m")
    world.update("ada-again")
    world.delete()
    world.wait("15m")


def undone(world):
    world.wait("1m")
    world.create()
    world.wait("1m")
    world.delete()
    world.wait("15m")


def tie_after_a_poll(world):
    created(world)
    world.wait("14m")
    world.update()
    world.wait("30m")


def shifted(world):
    world.fault({"delete_listed": 1}, "/v2.2/contacts/search", phase="after", when={"first_n": 1})
    world.wait("1m")
    for name in ("bob", "cleo", "ada"):
        world.create(name)
    world.wait("15m")


def behind_the_cap(world):
    world.fault({"list_cap": 1}, "/v2.2/contacts/search")
    world.wait("1m")
    world.create("bob")
    world.wait("8m")
    world.create()
    world.wait("15m")


def overlapping(world):
    world.fault({"page_overlap": 1}, "/v2.2/contacts/search")
    world.wait("1m")
    for name in ("bob", "ada", "cleo"):
        world.create(name)
    world.wait("15m")


def on_two_pages(world):
    world.fault(OUTAGE, "/v2.2/contacts/search", when={"every_n": 2})
    world.wait("1m")
    world.create("bob")
    world.create()
    world.wait("15m")


def at_once(world):
    world.wait("1m")
    world.create()
    world.wait("1m")
    world.update()
    world.wait("15m")


def mapped(world):
    fields = [("key", "CONTACT_ID"), ("updated", "DATE_UPDATED_UTC"), ("created", "DATE_CREATED_UTC")]
    defined = [{"path": path, "type": "string"} for path, _ in fields]
    world.request("POST", "/instances/{id}/objects/contacts/definitions", {"fields": defined})
    moved = [{"path": path, "vendorPath": vendor} for path, vendor in fields]
    mapping = {"vendorName": "contacts", "fields": moved}
    world.request("POST", "/instances/{id}/transformations/contacts", mapping)
    created(world)


def queueing(world):
    policy = {"notification.webhook.failure.policy": "queue"}
    world.clients.platform.call("PATCH", "/elements/api-v2/accounts/settings", json=policy)
    answered({"status": 503, "times": 1})(world)


def dead(world):
    world.answers({"status": 503, "times": 10})
    world.wait("1m")
    world.create("bob")
    world.wait("5 days")
    created(world)


def other_key(world):
    name = world.clients.credentials.name
    keys = {"bin": name, "keys": ["another-key"]}
    world.clients.sink.call("PUT", "/_local/signature-keys", json=keys)
    created(world)


CASES = [
    # nothing polls it
    Planted(name="events switched off", cause="events-off", story=off, where="configuration", audited=False),
    Planted(
        name="events off and on again",
        cause="polling-gap",
        story=off_and_on,
        where="configuration",
        audited=False,
    ),
    Planted(
        name="a disabled instance",
        cause="instance-disabled",
        story=disabled,
        where="configuration",
        audited=False,
    ),
    Planted(
        name="a poller off after an outage that is over",
        cause="poller-off",
        story=switched_off("2026-03-02T11:41:30Z"),
        keys={INTERVAL: "1"},
        where="configuration",
    ),
    Planted(
        name="a poller off, where enabling it does not help",
        cause="poller-off",
        story=switched_off(),
        keys={INTERVAL: "1"},
        where="crm",
    ),
    Planted(
        name="a resource that no block polls",
        cause="unpolled-resource",
        story=created,
        keys={POLLER: {"leads": {}}},
        asked_as="contacts",
        where="configuration",
        audited=False,
    ),
    Planted(
        name="an interval that is not over",
        cause="interval-not-over",
        story=asked_at_once,
        where="clock",
        audited=False,
    ),
    Planted(
        name="a record from before the instance",
        cause="before-events",
        before=older,
        story=waits,
        audited=False,
    ),
    Planted(name="a deletion", cause="deletion", story=deleted, incurable="gone"),
    Planted(name="a merge", cause="deletion", story=merged, incurable="gone"),
    Planted(
        name="made and deleted between two polls",
        cause="undone",
        story=undone,
        about=("ada", 0),
        incurable="never",
        audited=False,
    ),
    # the poll failed
    Planted(
        name="an expired key",
        cause="expired-key",
        story=created_at("1m", effect={"status": 401}, path=LISTS),
        where="crm",
    ),
    Planted(
        name="a permission that is missing",
        cause="permission",
        story=created_at("1m", effect={"status": 403}, path=LISTS),
        where="crm",
    ),
    Planted(
        name="a plan that has no such list",
        cause="permission",
        story=created_at("1m", effect={"status": 402}, path=LISTS),
        where="crm",
    ),
    Planted(
        name="a rate limit",
        cause="rate-limit",
        story=created_at("1m", effect={"status": 429}, path=LISTS),
        where="crm",
    ),
    Planted(
        name="a limit of a second",
        cause="rate-limit",
        story=created_at("1m", effect={"burst_limit": 0}, path=LISTS),
        where="crm",
    ),
    Planted(name="an outage", cause="outage", story=created_at("1m", effect=OUTAGE, path=LISTS), where="crm"),
    Planted(
        name="a connection that is dropped",
        cause="outage",
        story=created_at("1m", effect={"drop": True}, path=LISTS),
        where="crm",
    ),
    Planted(
        name="a condition on a field that is not there",
        cause="bad-request",
        story=created,
        block={"url": URL + " and NOTHING = '1'"},
        where="configuration",
    ),
    Planted(
        name="a second page that fails",
        cause="outage",
        story=on_two_pages,
        block={"pageSize": 1},
        where="crm",
    ),
    # the poll asked for another stretch of time
    Planted(
        name="a tie with the making of the instance",
        cause="tie",
        story=created_at("0s", "30m"),
        settings=TIES,
        where="configuration",
        audited=False,
    ),
    Planted(
        name="a tie with a poll",
        cause="tie",
        story=created_at("15m", "15m"),
        settings=TIES,
        where="configuration",
    ),
    Planted(
        name="an update that ties with a poll",
        cause="tie",
        story=tie_after_a_poll,
        settings=TIES,
        expected="UPDATED",
    ),
    Planted(
        name="a clock that is behind",
        cause="clock-skew",
        story=created_at("15m 31s", effect={"clock_skew_s": -92}, path="*"),
        where="configuration",
    ),
    Planted(
        name="stamps of whole minutes",
        cause="tie",
        story=created_at("15m 30s", effect={"stamp_step_s": 60}, path="*"),
    ),
    Planted(
        name="a placeholder in another zone",
        cause="placeholder-zone",
        story=created,
        block={"url": URL.replace("gmtDate:", "dateTimeZone:Asia/Tokyo:")},
        where="configuration",
    ),
    # the answer did not hold it
    Planted(
        name="a list that lags",
        cause="index-lag",
        story=created_at("14m 30s", "30m", effect={"index_lag_s": 60}, path="/v2.2/contacts/search"),
        where="configuration",
    ),
    Planted(
        name="a list that lags longer than any pollDelay",
        cause="index-lag",
        story=created_at("14m 30s", "30m", effect={"index_lag_s": 200_000}, path="/v2.2/contacts/search"),
        where="crm",
    ),
    Planted(
        name="a list that knows of each write after a delay of its own",
        cause="index-lag",
        story=created_at("14m 30s", "30m", effect={"index_lag_within_s": 600}, path="/v2.2/contacts/search"),
        where="configuration",
    ),
    Planted(
        name="a list that ends at a cap",
        cause="list-cut",
        story=behind_the_cap,
        where="crm",
    ),
    Planted(
        name="a date that the CRM shows under another name",
        cause="field-renamed",
        story=created_at(
            "1m", "30m", effect={"rename_fields": {"DATE_UPDATED_UTC": "MODIFIED"}}, path="/v2.2/*"
        ),
        where="configuration",
    ),
    Planted(
        name="an id that the CRM shows under another name",
        cause="field-renamed",
        story=created_at("1m", "30m", effect={"rename_fields": {"CONTACT_ID": "ID"}}, path="/v2.2/*"),
        where="configuration",
    ),
    Planted(
        name="a record deleted between two pages",
        cause="page-shift",
        story=shifted,
        block={"pageSize": 2},
        where="configuration",
    ),
    Planted(
        name="a list that ends at its first old page",
        cause="list-ended",
        story=created,
        block={"url": "/hubs/crm/contacts", "pageSize": 2},
        records=3,
        where="configuration",
    ),
    Planted(
        name="a condition that excludes",
        cause="where-excludes",
        story=created,
        block={"url": URL + " and LAST_NAME = 'King'"},
        where="configuration",
    ),
    Planted(
        name="an operator that excludes",
        cause="where-excludes",
        story=created,
        block={"url": "/hubs/crm/contacts?where=DATE_UPDATED_UTC < '${gmtDate:yyyy-MM-dd HH:mm:ss}'"},
        where="configuration",
    ),
    Planted(
        name="an answer that is empty",
        cause="not-in-answer",
        story=created_at("1m", effect={"status": 200, "body": []}, path="/v2.2/contacts/search"),
        where="crm",
    ),
    # the poller passed it over
    Planted(
        name="a zone to the east",
        cause="wrong-zone",
        story=created,
        dates={"updatedDateTimezone": "Asia/Tokyo", "createdDateTimezone": "Asia/Tokyo"},
        where="configuration",
    ),
    Planted(
        name="a zone to the west that is held back",
        cause="wrong-zone",
        story=created,
        dates={"updatedDateTimezone": "America/Denver"},
        block={"filterByCurrentDate": True},
        where="configuration",
    ),
    Planted(
        name="a pattern with a Z that is not there",
        cause="wrong-pattern",
        story=created,
        dates={"updatedDateFormat": ZULU},
        where="configuration",
    ),
    Planted(
        name="minutes for months",
        cause="wrong-pattern",
        story=created,
        dates={"updatedDateFormat": "yyyy-mm-dd HH:mm:ss"},
        where="configuration",
    ),
    Planted(
        name="twelve hours for twenty-four",
        cause="wrong-pattern",
        story=created,
        start="2026-03-02T12:10:00Z",
        dates={"updatedDateFormat": "yyyy-MM-dd hh:mm:ss", "createdDateFormat": "yyyy-MM-dd hh:mm:ss"},
        where="configuration",
    ),
    Planted(
        name="a date field that is not there",
        cause="date-missing",
        story=created,
        dates={"updatedDateField": "LAST_CHANGE"},
        where="configuration",
    ),
    Planted(
        name="a date field in another case",
        cause="key-case",
        story=created,
        dates={"updatedDateField": "date_updated_utc"},
        where="configuration",
    ),
    Planted(
        name="a key of the dates in another case",
        cause="key-case",
        story=updated,
        dates={"updatedDateField": None, "UpdatedDatefield": "DATE_UPDATED_UTC"},
        expected="UPDATED",
        where="configuration",
    ),
    Planted(
        name="a key of the dates that is misspelt",
        cause="key-misspelt",
        story=updated,
        dates={"updatedDateField": None, "updatedDateFeild": "DATE_UPDATED_UTC"},
        expected="UPDATED",
        where="configuration",
    ),
    Planted(
        name="the created date for the updated one",
        cause="other-date",
        story=updated,
        dates={"updatedDateField": "DATE_CREATED_UTC"},
        expected="UPDATED",
        where="configuration",
    ),
    Planted(
        name="a filter by the created date",
        cause="filter-by-created",
        story=updated,
        block={"filterByUpdatedDate": False},
        expected="UPDATED",
        where="configuration",
    ),
    Planted(
        name="a clock ahead that filterByCurrentDate holds back",
        cause="filter-by-current-date",
        story=created_at("1m", effect={"clock_skew_s": 90_000}, path="*"),
        block={"filterByCurrentDate": True},
        where="crm",
    ),
    # the event names no record
    Planted(
        name="no idField", cause="id-missing", story=created, block={"idField": None}, where="configuration"
    ),
    Planted(
        name="an idField that names nothing",
        cause="id-missing",
        story=created,
        block={"idField": "NUMBER"},
        where="configuration",
    ),
    Planted(
        name="an idField of another field",
        cause="id-other",
        story=created,
        block={"idField": "FIRST_NAME"},
        where="configuration",
    ),
    Planted(
        name="an id that a transformation renames",
        cause="id-mapped",
        story=mapped,
        dates={"updatedDateField": "updated", "createdDateField": "created"},
        where="configuration",
    ),
    Planted(
        name="an idField in another case",
        cause="key-case",
        story=created,
        block={"idField": "contact_id"},
        where="configuration",
    ),
    # it has the wrong name
    Planted(
        name="one field for both dates",
        cause="created-is-updated",
        story=updated,
        dates={"createdDateField": "DATE_UPDATED_UTC"},
        expected="UPDATED",
        where="configuration",
    ),
    Planted(
        name="two dates that the CRM writes apart",
        cause="tolerance-short",
        story=created_at("1m", effect={"updated_later_s": 2}, match={"method": "POST"}),
        where="configuration",
    ),
    Planted(
        name="a tolerance that is too long",
        cause="tolerance-long",
        story=updated,
        block={"createdCheckTolerance": 3600},
        expected="UPDATED",
        where="configuration",
    ),
    Planted(
        name="created and changed at once",
        cause="changed-at-once",
        story=at_once,
        about=("ada", 0),
        incurable="both at <0 of a poll",
    ),
    Planted(
        name="a created date that cannot be read",
        cause="dates-unread",
        story=created,
        dates={"createdDateFormat": ZULU},
        where="configuration",
    ),
    Planted(
        name="a created date in another zone",
        cause="wrong-zone",
        story=created,
        dates={"createdDateTimezone": "Asia/Tokyo"},
        where="configuration",
    ),
    Planted(
        name="a tolerance that is misspelt",
        cause="key-misspelt",
        story=at_once,
        about=("ada", 0),
        block={"createdCheckTolerence": 100},
        incurable="both at <0 of a poll",
    ),
    # it came more than once
    Planted(
        name="a pollDelay that repeats",
        cause="poll-delay-repeats",
        story=created_at("14m", "30m"),
        block={"pollDelay": 300},
        where="configuration",
    ),
    Planted(
        name="pages that overlap",
        cause="page-overlap",
        story=overlapping,
        block={"pageSize": 2},
        where="configuration",
    ),
    Planted(
        name="a clock ahead that repeats",
        cause="clock-skew",
        story=created_at("14m", "30m", effect={"clock_skew_s": 90}, path="*"),
        where="crm",
    ),
    Planted(
        name="a zone to the west that repeats",
        cause="wrong-zone",
        story=created_at("1m", "30m"),
        dates={"updatedDateTimezone": "America/Denver", "createdDateTimezone": "America/Denver"},
        block={"url": "/hubs/crm/contacts"},
        where="configuration",
    ),
    Planted(
        name="no dates at all",
        cause="undated",
        story=created_at("1m", "30m"),
        block={"url": "/hubs/crm/contacts", "datesConfiguration": {}},
        where="configuration",
    ),
    Planted(
        name="an answer that is lost",
        cause="answer-lost",
        story=answered({"drop": True, "times": 1}),
        where="receiver",
    ),
    # it was not taken
    Planted(
        name="no callback URL",
        cause="no-receiver",
        story=created,
        keys={CALLBACK_URL: ""},
        where="configuration",
    ),
    Planted(
        name="a host that must not be called",
        cause="outbound-guard",
        story=created,
        keys={CALLBACK_URL: "https://hooks.example.com/in"},
        where="configuration",
    ),
    Planted(name="an account that queues", cause="queued", story=queueing, where="receiver"),
    Planted(name="a subscription that is dead", cause="dead-subscription", story=dead, where="receiver"),
    Planted(
        name="all tries in vain",
        cause="retries-exhausted",
        story=answered({"status": 503, "times": 10}, then="5 days"),
        where="receiver",
    ),
    Planted(
        name="a try that is to come", cause="retrying", story=answered({"status": 503}), where="receiver"
    ),
    Planted(
        name="taken at a later try",
        cause="taken-late",
        story=answered({"status": 503, "times": 2}, then="20m"),
        where="receiver",
    ),
    Planted(
        name="a key that the receiver does not hold",
        cause="other-key",
        story=other_key,
        incurable="came out otherwise",
        audited=False,
    ),
    Planted(
        name="what has been pruned",
        cause="pruned",
        story=created_at("1m", "10 days"),
        settings={"ELEMENTS_LOCAL_PLATFORM_HISTORY_RETENTION": "86400"},
        incurable="no longer kept",
        audited=False,
    ),
    # two things at a time
    Planted(
        name="a zone, and the pattern of the other date",
        cause="wrong-zone",
        story=created,
        dates={"updatedDateTimezone": "Asia/Tokyo", "createdDateFormat": ZULU},
        where="configuration",
    ),
    Planted(
        name="a zone, and an id",
        cause="wrong-zone",
        story=created,
        dates={"updatedDateTimezone": "Asia/Tokyo"},
        block={"idField": "NUMBER"},
        where="configuration",
    ),
    Planted(
        name="an operator, and an id in another case",
        cause="where-excludes",
        story=created,
        block={
            "idField": "contact_id",
            "url": "/hubs/crm/contacts?where=DATE_UPDATED_UTC < '${gmtDate:yyyy-MM-dd HH:mm:ss}'",
        },
        where="configuration",
    ),
    Planted(
        name="a lagging list, and two dates that the CRM writes apart",
        cause="index-lag",
        story=created_at("14m 30s", "30m", effect={"index_lag_s": 60, "updated_later_s": 2}),
        where="configuration",
    ),
    Planted(
        name="a placeholder and a field of the dates",
        cause="placeholder-zone",
        story=created,
        block={"url": URL.replace("gmtDate:", "dateTimeZone:Asia/Tokyo:")},
        dates={"updatedDateField": "LAST_CHANGE"},
        where="configuration",
    ),
    Planted(
        name="a key of the block, and a receiver that is down",
        cause="wrong-pattern",
        story=answered({"status": 503}),
        dates={"updatedDateFormat": ZULU},
        incurable="more than one thing is wrong",
    ),
]
