"""Sixty more causes: mistakes that users of polling make and things that CRMs do, which no other table has."""

import json

from planted import CALLBACK_URL, DATES, LISTS, POLLER, URL, Planted
from planted_cases import answered, created, created_at, updated

from elements_local.guide import instance_body, poller_entry

INTERVAL = "event.poller.refresh_interval"
CREATED_KEYS = ("createdDateField", "createdDateFormat", "createdDateTimezone")
DELIVERIES = "/notifications/subscriptions/deliveries"
LATER = "2026-03-02 23:00:00"
SINCE = "/hubs/crm/contacts?where=DATE_UPDATED_UTC > '${gmtDate:yyyy-MM-dd HH:mm:ss}'"
LINE = "|".join(["contacts", URL, "", *DATES.values()]).replace("GMT", "Asia/Tokyo", 1)


def made(collection, id_field, **fields):
    """Return a story that makes a record of a collection."""

    def story(world):
        world.wait("1m")
        record = world.clients.crm.create(collection, fields)
        world.records["ada"] = record[id_field]
        world.wait("15m")

    return story


an_account = made("Organisations", "ORGANISATION_ID", ORGANISATION_NAME="Acme")
a_lead = made("Leads", "LEAD_ID", FIRST_NAME="Ada", LAST_NAME="Lovelace")
an_opportunity = made("Opportunities", "OPPORTUNITY_ID", OPPORTUNITY_NAME="Engine", OPPORTUNITY_STATE="OPEN")


def changed_then_deleted(world):
    created(world)
    world.update()
    world.wait("1m")
    world.delete()
    world.wait("15m")


def followed(world):
    created(world)
    world.clients.crm.call("POST", f"/v3.1/Contacts/{world.records['ada']}/Follow", json={})
    world.wait("15m")


def block_added_later(world):
    """Configure the contacts after one was made."""
    world.wait("1m")
    world.create()
    world.wait("20m")
    world.configure(
        {POLLER: {"leads": {}, "contacts": world.cure.of_block(poller_entry("contacts", "CONTACT_ID"))}}
    )
    world.wait("30m")


def made_through_the_hub(world):
    world.wait("1m")
    hub = world.clients.platform.hub(world.instance["token"])
    made_record = hub.call("POST", "/contacts", json={"FIRST_NAME": "Ada"})
    world.records["ada"] = made_record["CONTACT_ID"]
    world.wait("15m")


def mapped(*dates):
    """Return a story in which a transformation shows dates by names of its own."""

    def story(world):
        names = {"changed": "DATE_UPDATED_UTC", "born": "DATE_CREATED_UTC"}
        fields = [("CONTACT_ID", "CONTACT_ID"), *((one, names[one]) for one in dates)]
        defined = [{"path": path, "type": "string"} for path, _ in fields]
        world.request("POST", "/instances/{id}/objects/contacts/definitions", {"fields": defined})
        moved = [{"path": path, "vendorPath": vendor} for path, vendor in fields]
        world.request(
            "POST", "/instances/{id}/transformations/contacts", {"vendorName": "contacts", "fields": moved}
        )
        created(world)

    return story


def in_the_second_batch(world):
    """Make more records than one callback holds, and let the receiver fail from the second callback on."""
    world.answers({"status": 200, "times": 1}, {"status": 503, "times": 9})
    world.wait("1m")
    for number in range(11):
        world.create(f"contact-{number}")
    world.create()
    world.wait("15m")


def queued_and_released(world):
    policy = {"notification.webhook.failure.policy": "queue"}
    world.clients.platform.call("PATCH", "/elements/api-v2/accounts/settings", json=policy)
    answered({"status": 503, "times": 1})(world)
    world.wait("1h")
    world.request("PUT", f"{DELIVERIES}?where=channel%3D%27webhook%27%20and%20status%3D%27queued%27")
    world.wait("1m")


def subscription(method, body=None):
    """Return a story in which somebody changes the subscription over the API before the record is made."""

    def story(world):
        world.wait("1m")
        (one,) = world.request("GET", "/notifications/subscriptions")
        world.request(method, f"/notifications/subscriptions/{one['id']}", body)
        created(world)

    return story


def beside_another_instance(world):
    """Let another instance poll the contacts, and be asked of the one that does not."""
    body = instance_body(world.clients.credentials)
    world.clients.platform.create_instance({**body, "name": "Contacts"})
    created(world)


def shifted(world):
    world.fault({"delete_listed": 1}, "/v2.2/contacts/search", phase="after", when={"first_n": 1})
    world.wait("1m")
    for name in ("bob", "cleo", "ada"):
        world.create(name)
    world.wait("15m")


def off_by_a_bad_url(world):
    world.wait("1m")
    world.create()
    world.wait("130m")


def with_dates_twice(world):
    """Save the block by a JSON text that has its dates twice, the second time with those of another field."""
    dates = json.dumps({**DATES, "updatedDateField": "LAST_CHANGE", **world.cure.change})
    block = json.dumps({"contacts": world.block})
    world.configure({POLLER: f'{block[:-2]}, "datesConfiguration": {dates}}}}}'})
    created(world)


def called_over_tls(world):
    """Send callbacks by https to a port that speaks http."""
    url = world.clients.credentials.callback_url.replace("http://", "https://")
    world.configure({CALLBACK_URL: url})
    created(world)


def released_once_more(world):
    created(world)
    world.request("PUT", f"{DELIVERIES}?where=channel%3D%27webhook%27%20and%20status%3D%27delivered%27")
    world.wait("15m")


def disabled_for_a_while(world):
    if world.cure.change.get("disabled") is not False:
        world.request("DELETE", "/instances/{id}/enabled")
    created(world)
    world.wait("45m")
    world.request("PUT", "/instances/{id}/enabled")
    world.wait("30m")


def polls_one_record(world):
    world.create("bob")
    path = f"/hubs/crm/contacts/{world.records['bob']}"
    world.configure({POLLER: {"contacts": world.cure.of_block({**world.block, "url": path})}})
    created(world)


def without_room(world):
    created(world)
    for number in range(3):
        world.create(f"contact-{number}")
        world.wait("15m")


def a_task(world):
    world.wait("1m")
    world.records["ada"] = world.clients.crm.create("Tasks", {"TITLE": "Call"})["TASK_ID"]
    world.wait("15m")


def told_by_two_subscriptions(world):
    (own,) = world.request("GET", "/notifications/subscriptions")
    again = {"channel": "webhook", "topics": own["topics"], "config": own["config"]}
    world.request("POST", "/notifications/subscriptions", again)
    created(world)


def interval_raised(world):
    world.wait("1m")
    world.create()
    world.wait("2m")
    world.configure({INTERVAL: "60"})
    world.wait("90m")


def made_anew(world):
    """Delete the instance, and make it again after the record."""
    world.request("DELETE", "/instances/{id}")
    world.wait("1m")
    world.create()
    world.wait("5m")
    body = instance_body(world.clients.credentials)
    body["configuration"][POLLER] = {"contacts": world.cure.of_block(world.block)}
    world.instance = world.clients.platform.create_instance(body)
    world.wait("30m")


def mapped_to_leads(world):
    fields = [{"path": "CONTACT_ID", "vendorPath": "LEAD_ID"}]
    defined = {"fields": [{"path": "CONTACT_ID", "type": "string"}]}
    world.request("POST", "/instances/{id}/objects/contacts/definitions", defined)
    world.request(
        "POST", "/instances/{id}/transformations/contacts", {"vendorName": "leads", "fields": fields}
    )
    created(world)


def by_a_line(world):
    """Let the platform make a block of the line; whoever cures it changes the block."""
    if world.cure.where:
        world.configure({POLLER: {"contacts": world.block}})
    created(world)


def url(old, new):
    """Return a block whose URL differs."""
    return {"url": URL.replace(old, new)}


SIXTY = [
    # zones and formats
    Planted(
        name="zones to the west, and dates of events that are hours off",
        cause="wrong-zone",
        story=created,
        dates={"updatedDateTimezone": "America/Denver", "createdDateTimezone": "America/Denver"},
    ),
    Planted(
        name="the zone of an office in winter",
        cause="wrong-zone",
        story=created,
        start="2026-01-15T10:00:00Z",
        dates={"updatedDateTimezone": "Europe/Berlin", "createdDateTimezone": "Europe/Berlin"},
    ),
    Planted(
        name="a created date in a zone to the west",
        cause="wrong-zone",
        story=updated,
        expected="UPDATED",
        dates={"createdDateTimezone": "America/New_York"},
    ),
    Planted(
        name="the day of the year in the format",
        cause="wrong-pattern",
        story=created,
        dates={"updatedDateFormat": "yyyy-MM-DD HH:mm:ss"},
    ),
    Planted(
        name="the format of another CRM",
        cause="wrong-pattern",
        story=created,
        dates={"updatedDateFormat": "MM/dd/yyyy hh:mm a", "createdDateFormat": "MM/dd/yyyy hh:mm a"},
    ),
    Planted(
        name="a created date without its time",
        cause="wrong-pattern",
        story=created,
        dates={"createdDateFormat": "yyyy-MM-dd"},
    ),
    Planted(name="no created date", cause="dates-unread", story=created, dates=dict.fromkeys(CREATED_KEYS)),
    Planted(
        name="the two date fields in each other's place",
        cause="other-date",
        story=updated,
        expected="UPDATED",
        dates={"updatedDateField": "DATE_CREATED_UTC", "createdDateField": "DATE_UPDATED_UTC"},
    ),
    # names of fields, and keys
    Planted(
        name="the key idfield",
        cause="key-case",
        story=created,
        block={"idField": None, "idfield": "CONTACT_ID"},
        says=("'idfield', which is not read: idField in another case",),
    ),
    Planted(
        name="the id inside datesConfiguration",
        cause="key-misplaced",
        story=created,
        block={"idField": None},
        dates={"idField": "CONTACT_ID"},
        says=("inside datesConfiguration, and belongs in the block itself",),
    ),
    Planted(
        name="the id of leads in the block of opportunities",
        cause="id-missing",
        story=an_opportunity,
        resource="opportunities",
        block={**poller_entry("opportunities", "LEAD_ID")},
    ),
    Planted(name="dates twice in JSON", cause="key-twice", story=with_dates_twice),
    # the url
    Planted(
        name="a condition on the created date",
        cause="where-excludes",
        story=updated,
        expected="UPDATED",
        block=url("updated_after_utc=", "DATE_CREATED_UTC > "),
        says=("holds, and the answer left it out",),
    ),
    Planted(
        name="a date of its own in the url that is still to come",
        cause="where-excludes",
        story=created,
        block=url("${gmtDate:yyyy-MM-dd HH:mm:ss}", LATER),
        says=(LATER,),
    ),
    Planted(
        name="a placeholder without its dollar", cause="bad-request", story=created, block=url("${", "{")
    ),
    Planted(
        name="a condition that is misspelt",
        cause="bad-request",
        story=created,
        block=url("updated_after_utc", "updatedafterutc"),
    ),
    Planted(
        name="a collection in the singular",
        cause="other-collection",
        story=created,
        block=url("contacts", "contact"),
        says=("/hubs/crm/contact",),
    ),
    Planted(
        name="a collection by the vendor's name misspelt",
        cause="other-collection",
        story=an_account,
        resource="accounts",
        block={
            **poller_entry("accounts", "ORGANISATION_ID"),
            "url": URL.replace("contacts", "organizations"),
        },
    ),
    Planted(
        name="a list without a date, longer than the first page",
        cause="list-ended",
        story=created,
        block={"url": "/hubs/crm/contacts"},
        records=30,
    ),
    # the instance
    Planted(name="an interval in seconds", cause="interval-not-over", story=created, keys={INTERVAL: "900"}),
    Planted(
        name="events by webhook", cause="events-off", story=created, keys={"event.vendor.type": "webhook"}
    ),
    Planted(
        name="a block that was added after the record",
        cause="polling-gap",
        story=block_added_later,
        keys={POLLER: {"leads": {}}},
        asked_as="contacts",
    ),
    Planted(
        name="the other of two instances polls it",
        cause="unpolled-resource",
        story=beside_another_instance,
        keys={POLLER: {"leads": {}}},
        asked_as="contacts",
    ),
    Planted(
        name="a poller off, as the url names nothing",
        cause="poller-off",
        story=off_by_a_bad_url,
        keys={INTERVAL: "1"},
        block=url("contacts", "contacs"),
        says=("contacs",),
    ),
    # the CRM
    Planted(
        name="an outage of one poll",
        cause="outage",
        where="crm",
        story=created_at(
            "1m", "30m", effect={"status": 500, "body": "down"}, path=LISTS, when={"first_n": 1}
        ),
    ),
    Planted(
        name="a clock an hour behind",
        cause="clock-skew",
        story=created_at("14m", "30m", effect={"clock_skew_s": -3600}, path="*"),
    ),
    Planted(
        name="pages of the instance, and a record deleted between two",
        cause="page-shift",
        story=shifted,
        keys={"pagination.max": "2"},
    ),
    Planted(
        name="changed, and deleted before the poll",
        cause="deletion",
        story=changed_then_deleted,
        about=("ada", -2),
        incurable="gone",
    ),
    Planted(
        name="somebody follows the record",
        cause="untouched-date",
        story=followed,
        latest=True,
        incurable="updated date",
    ),
    # transformations, and the hub
    Planted(
        name="an updated date that a transformation renames",
        cause="date-missing",
        story=mapped("changed"),
        says=("a transformation shows DATE_UPDATED_UTC as changed",),
    ),
    Planted(
        name="made through the hub", cause="echo", story=made_through_the_hub, incurable="its own writes"
    ),
    # the receiver
    Planted(
        name="the second of two callbacks", cause="retrying", story=in_the_second_batch, where="receiver"
    ),
    Planted(name="queued, and released", cause="taken-late", story=queued_and_released, where="receiver"),
    Planted(name="a subscription that was deleted", cause="no-receiver", story=subscription("DELETE")),
    Planted(
        name="a callback URL without its scheme",
        cause="outbound-guard",
        story=created,
        keys={CALLBACK_URL: "localhost/in"},
        where="configuration",
    ),
    Planted(
        name="pollDelay inside datesConfiguration",
        cause="index-lag",
        dates={"pollDelay": 60},
        story=created_at("14m 30s", "30m", effect={"index_lag_s": 60}, path="/v2.2/contacts/search"),
        says=("'pollDelay', which is not read",),
    ),
    Planted(name="https at a port of http", cause="retrying", story=called_over_tls, where="configuration"),
    Planted(
        name="released though it was taken", cause="released", story=released_once_more, incurable="release"
    ),
    Planted(name="disabled for a while", cause="instance-disabled", story=disabled_for_a_while),
    Planted(name="one record for a list", cause="bad-request", story=polls_one_record),
    Planted(
        name="no room in the sink",
        cause="made-room",
        story=without_room,
        settings={"ELEMENTS_LOCAL_SINK_BIN_CALLBACKS": "1"},
        incurable="keeps",
    ),
    # what is there twice, and what came late
    Planted(
        name="two blocks of one url",
        cause="twin-block",
        story=created,
        incurable="one of the two blocks",
        others={"people": {"url": URL, "idField": "CONTACT_ID", "datesConfiguration": DATES}},
    ),
    Planted(
        name="two subscriptions of one URL",
        cause="twin-subscription",
        story=told_by_two_subscriptions,
        incurable="one of the two subscriptions",
    ),
    Planted(
        name="an interval that was raised",
        cause="interval-not-over",
        story=interval_raised,
        says=("the instance was saved at 2026-03-02T10:03:00Z",),
    ),
    Planted(name="an instance that was made anew", cause="before-events", story=made_anew),
    Planted(
        name="a limit of calls at one poll",
        cause="rate-limit",
        where="crm",
        story=created_at("1m", "30m", effect={"status": 429}, path=LISTS, when={"first_n": 1}),
    ),
    # other resources, and blocks of other names
    Planted(name="a task", cause="unpolled-resource", story=a_task, asked_as="tasks"),
    Planted(
        name="a block of another name whose collection is misspelt",
        cause="other-collection",
        story=created,
        resource="people",
        block=url("contacts", "contcts"),
    ),
    Planted(
        name="an object that stands for leads",
        cause="other-collection",
        story=mapped_to_leads,
        says=("as a transformation has it stand for leads",),
    ),
    Planted(
        name="names in event.poller.urls",
        cause="unpolled-resource",
        story=created,
        others={"leads": {}},
        keys={"event.poller.urls": "leads"},
    ),
    Planted(
        name="a line of event.poller.urls",
        cause="wrong-zone",
        story=by_a_line,
        dates={"updatedDateTimezone": "Asia/Tokyo"},
        keys={POLLER: None, "event.poller.urls": LINE},
    ),
    # several at once
    Planted(
        name="a zone, a pattern and an id",
        cause="wrong-zone",
        story=created,
        block={"idField": "Id"},
        dates={"updatedDateTimezone": "Asia/Tokyo", "createdDateFormat": "MM/dd/yyyy"},
    ),
    Planted(
        name="an outage, and a zone",
        cause="outage",
        dates={"updatedDateTimezone": "Asia/Tokyo"},
        story=created_at("1m", effect={"status": 503, "body": "down"}, path=LISTS),
        incurable="more than one thing is wrong",
    ),
    Planted(
        name="a receiver that is down, and an id",
        cause="id-missing",
        story=answered({"status": 503}),
        block={"idField": "Id"},
        incurable="more than one thing is wrong",
    ),
    # more of dates
    Planted(
        name="an updated date without its format",
        cause="date-missing",
        story=updated,
        expected="UPDATED",
        dates={"updatedDateFormat": None},
        says=("with field and format",),
    ),
    Planted(name="the owner for the id", cause="id-other", story=created, block={"idField": "OWNER_USER_ID"}),
    Planted(
        name="stamps of quarter hours",
        cause="tie",
        story=created_at("22m", "30m", effect={"stamp_step_s": 900}),
    ),
    Planted(
        name="an end of the window in another zone",
        cause="where-excludes",
        story=created,
        block={
            "url": f"{SINCE} and DATE_UPDATED_UTC <= '${{nowTimeZone:America/New_York:yyyy-MM-dd HH:mm:ss}}'"
        },
    ),
    Planted(
        name="a condition that is encoded twice",
        cause="bad-request",
        story=created,
        block=url("where=updated_after_utc='", "where=updated_after_utc%253D'"),
    ),
    Planted(
        name="a delay that is shorter than the lag",
        cause="index-lag",
        block={"pollDelay": 30},
        story=created_at("14m 10s", "30m", effect={"index_lag_s": 60}, path="/v2.2/contacts/search"),
    ),
]
