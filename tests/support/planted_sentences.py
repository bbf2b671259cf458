"""Causes of which something false was said, or nothing: each with the sentence that its planter knows to be true."""

from planted import CALLBACK_URL, URL, Planted
from planted_cases import answered, created


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


SENTENCES = [
    Planted(
        name="a collection that is misspelt",
        cause="other-collection",
        story=created,
        block={"url": URL.replace("contacts", "contcts")},
        says=("contacts {ada} was CREATED", "/hubs/crm/contcts", "There is no resource 'contcts'"),
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
]
