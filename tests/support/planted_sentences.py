"""Causes of which something false was said, or nothing: each with the sentence that its planter knows to be true."""

from planted import URL, Planted
from planted_cases import created


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
]
