"""Causes of which something false was said, or nothing: each with the sentence that its planter knows to be true."""

import json

from planted import CALLBACK_URL, DATES, URL, Planted
from planted_cases import answered, created, created_at, updated

from elements_local.guide import instance_body


def of_another_collection(world):
    """Make a lead, which the block for leads does not ask for."""
    world.wait("1m")
    lead = world.clients.crm.create("Leads", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
    world.records["ada"] = lead["LEAD_ID"]
    world.wait("15m")


def of_another_account(world):
    world.configure({"password": world.elsewhere.credentials.crm_api_key})
    world.elsewhere.crm.create("Contacts", {"FIRST_NAME": "Grace"})
    created(world)


def mended_afterwards(world):
    created(world)
    block = dict(world.block, idField="CONTACT_ID")
    world.configure({"event.poller.configuration": {"contacts": block}})


def sent_to(path):
    """Return a story in which callbacks go to another place at the sink's address."""

    def story(world):
        sink = world.clients.credentials.callback_url.rpartition("/")[0]
        world.configure({CALLBACK_URL: path.format(sink=sink)})
        created(world)

    return story


def without_url(world):
    """Take the callback URL away once the first try has failed."""
    world.answers({"status": 503, "times": 1})
    world.wait("1m")
    world.create()
    world.wait("14m")
    world.configure({CALLBACK_URL: ""})
    world.wait("2 days")


def moved_afterwards(world):
    created(world)
    world.configure({CALLBACK_URL: "http://127.0.0.1:9/in"})
    world.wait("1h")


def deleted_beside_an_update(world):
    world.create("bob")
    created(world)
    world.wait("1m")
    world.update("bob")
    world.delete()
    world.wait("15m")


def queued_by_a_dead_subscription(world):
    """Let a subscription die of one callback, and two more come."""
    world.answers({"status": 503, "times": 20})
    world.wait("1m")
    world.create("bob")
    world.wait("5 days")
    world.create("cleo")
    world.wait("15m")
    created(world)


def below_contact(path, body):
    """Return a story that lets the contact be reported, and then writes something that belongs to it."""

    def story(world):
        created(world)
        world.clients.crm.call("POST", f"/v3.1/Contacts/{world.records['ada']}/{path}", json=body)
        world.wait("15m")

    return story


tagged = below_contact("Tags", {"TAG_NAME": "vip"})
noted = below_contact("Notes", {"TITLE": "Met", "BODY": "In London"})


def told_by_two(world):
    body = instance_body(world.clients.credentials)
    world.clients.platform.create_instance(body | {"name": "Twin"})
    created(world)


def through_the_hub(world, record_id):
    hub = world.clients.platform.hub(world.instance["token"])
    hub.call("PATCH", f"/contacts/{record_id}", json={"TITLE": "Countess"})
    world.wait("15m")


def written_through_the_hub(world):
    created(world)
    through_the_hub(world, world.records["ada"])


def written_beside_the_hub(world):
    world.create("bob")
    created(world)
    world.update()
    through_the_hub(world, world.records["bob"])


def saved_with_a_key_twice(world):
    """Save the instance by a JSON text in which a second idField takes the place of the first."""
    blocks = json.dumps({"contacts": world.block})
    doubled = f'{blocks[:-2]}, "idField": "NUMBER"}}}}'
    world.configure({"event.poller.configuration": doubled})
    created(world)


SENTENCES = [
    Planted(
        name="a collection that is misspelt",
        cause="other-collection",
        story=created,
        block={"url": URL.replace("contacts", "contcts")},
        says=(
            "contacts {ada} was CREATED",
            "/hubs/crm/contcts",
            "failed: 404: Insightly answered 404: There is no resource 'contcts'",
        ),
        never=("logged no change",),
    ),
    Planted(
        name="a block that was copied to another resource",
        cause="other-collection",
        story=of_another_collection,
        resource="leads",
        says=("leads {ada} was CREATED", "the block leads asks for GET /hubs/crm/contacts"),
        never=("logged no change",),
        warned="url-of-another-resource",
    ),
    Planted(
        name="the key of another account",
        cause="other-account",
        story=of_another_account,
        says=("contacts {ada} was CREATED", "the instance's key opens another account"),
        never=("logged no change",),
    ),
    Planted(
        name="a block that was mended after the poll",
        cause="id-missing",
        story=mended_afterwards,
        block={"idField": "NUMBER"},
        says=("idField 'NUMBER' names nothing in it",),
        never=("which is not the CRM's",),
    ),
    Planted(
        name="another bin of the sink",
        cause="sent-elsewhere",
        story=sent_to("{sink}/somebody"),
        says=("/somebody, which is not the workspace's bin of the sink",),
    ),
    Planted(
        name="nothing listens",
        cause="retrying",
        story=sent_to("http://127.0.0.1:9/in"),
        says=("could not connect to http://127.0.0.1:9/in: connection refused at 2026-03-02T10:15:00Z",),
        never=("its receiver answered connection refused",),
    ),
    Planted(
        name="an answer that never comes",
        cause="retrying",
        story=answered({"drop": True, "times": 9}),
        says=("no answer came from http://127.0.0.1:4702/{bin}: connection closed without an answer",),
        never=("its receiver answered connection",),
    ),
    Planted(
        name="a callback URL that was taken away after a failed try",
        cause="no-receiver",
        story=without_url,
        says=(
            "its receiver answered 503 at 2026-03-02T10:15:00Z",
            "event.notification.callback.url was taken away",
        ),
    ),
    Planted(
        name="dates beside datesConfiguration",
        cause="key-misplaced",
        story=created,
        dates=dict.fromkeys(DATES),
        block=DATES,
        says=("it stands beside datesConfiguration, and belongs inside it",),
        never=("in another case",),
        warned="misspelt-key",
    ),
    Planted(
        name="an updated date beside datesConfiguration",
        cause="key-misplaced",
        story=updated,
        dates={"updatedDateField": None},
        block={"updatedDateField": "DATE_UPDATED_UTC"},
        says=("'updatedDateField', which is not read: it stands beside datesConfiguration",),
        warned="misspelt-key",
    ),
    Planted(
        name="months for minutes in the url",
        cause="placeholder-pattern",
        story=created,
        start="2026-11-02T10:00:00Z",
        block={"url": URL.replace("HH:mm:ss", "HH:MM:ss")},
        says=("its url says 2026-11-02 10:11:00", "660 s later"),
        never=("zone",),
        warned="placeholder-date",
    ),
    Planted(
        name="months for minutes in the created date, a quarter of an hour apart",
        cause="wrong-pattern",
        story=created_at("60m", "15m"),
        dates={"createdDateFormat": "yyyy-MM-dd HH:MM:ss"},
        never=("in another zone",),
        warned="date-letters",
    ),
    Planted(
        name="the poll's own time in the url",
        cause="placeholder-now",
        story=created,
        block={"url": URL.replace("gmtDate", "nowTimeZone:GMT")},
        says=("nowTimeZone writes when the poll began",),
        never=("in another zone",),
        warned="where-operator",
    ),
    Planted(
        name="a page in the url",
        cause="one-page",
        story=created,
        block={"url": f"{URL}&page=2"},
        says=("its url asks for page 2",),
        warned="one-page",
    ),
    Planted(
        name="fields without the updated date",
        cause="fields-left-out",
        story=created,
        block={"url": f"{URL}&fields=FIRST_NAME,CONTACT_ID"},
        says=("asked for fields=FIRST_NAME,CONTACT_ID, and so for records without DATE_UPDATED_UTC",),
        never=("names nothing",),
        warned="fields-left-out",
    ),
    Planted(
        name="fields without the id",
        cause="fields-left-out",
        story=created,
        block={"url": f"{URL}&fields=DATE_UPDATED_UTC,DATE_CREATED_UTC"},
        says=("without an id: the poll of 2026-03-02T10:15:00Z asked for", "records without CONTACT_ID"),
        never=("names nothing",),
        warned="fields-left-out",
    ),
    Planted(
        name="fields without the created date",
        cause="fields-left-out",
        story=created,
        block={"url": f"{URL}&fields=CONTACT_ID,DATE_UPDATED_UTC"},
        says=("called it UPDATED", "records without DATE_CREATED_UTC"),
        warned="fields-left-out",
    ),
    Planted(
        name="a block that event.objects does not name",
        cause="unpolled-resource",
        story=created,
        keys={"event.objects": "leads"},
        others={"leads": {}},
        says=("the block contacts is not polled, as event.objects names leads alone",),
        never=("no block polls contacts",),
        warned="unpolled-resource",
    ),
    Planted(
        name="a deletion in the second of another record's update",
        cause="deletion",
        story=deleted_beside_an_update,
        says=(
            "it was deleted at 2026-03-02T10:17:01Z",
            "{bob} was updated in the same second: if the two were merged",
        ),
        never=(": a merge",),
    ),
    Planted(
        name="a subscription that is dead, with its queue",
        cause="dead-subscription",
        story=queued_by_a_dead_subscription,
        says=("queued without a try", "3 callbacks wait in its queue"),
    ),
    Planted(
        name="a tag that does not touch the updated date",
        cause="untouched-date",
        story=tagged,
        settings={"ELEMENTS_LOCAL_CRM_ROWS_STAMP_PARENT": "false"},
        latest=True,
        says=(
            "POST /v3.1/Contacts/{ada}/Tags at 2026-03-02T10:16:00Z left the record's updated date as it was",
        ),
    ),
    Planted(
        name="a note about the record",
        cause="untouched-date",
        story=noted,
        latest=True,
        says=("POST /v3.1/Contacts/{ada}/Notes at 2026-03-02T10:16:00Z left",),
    ),
    Planted(
        name="a twin with the same callback",
        cause="twin-instance",
        story=told_by_two,
        says=("(Twin) has told the same URL of it, too",),
    ),
    Planted(
        name="an update through the hub",
        cause="echo",
        story=written_through_the_hub,
        says=("it was written through the instance's own hub, by PATCH /hubs/crm/contacts/{ada}",),
    ),
    Planted(
        name="an update beside one through the hub",
        cause="",
        story=written_beside_the_hub,
        never=("own hub",),
    ),
    Planted(
        name="a key twice in JSON",
        cause="key-twice",
        story=saved_with_a_key_twice,
        says=("idField 'NUMBER' names nothing in it; 'idField' comes twice in the JSON",),
        warned="repeated-key",
    ),
    Planted(
        name="a record that is asked about under another resource",
        cause="",
        story=created,
        asked_as="leads",
        says=("the poll of 2026-03-02T10:15:00Z reported it",),
        never=("no block polls",),
    ),
]
