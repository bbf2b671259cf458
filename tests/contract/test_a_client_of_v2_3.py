"""A client of v2.3 that is out there: it reads each key without a default, and sends a whole record back.

Source: py-insightly.
"""

import pytest
import requests
from deadline import DEADLINE_S

LINES = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")
OF_ALL = (
    *("IMAGE_URL", "OWNER_USER_ID", "DATE_CREATED_UTC", "DATE_UPDATED_UTC", "VISIBLE_TO", "VISIBLE_TEAM_ID"),
    *("VISIBLE_USER_IDS", "CUSTOMFIELDS", "TAGS", "LINKS"),
)
OF_PEOPLE = (
    "BACKGROUND",
    "DATES",
    "CAN_EDIT",
    "CAN_DELETE",
    "SOCIAL_LINKEDIN",
    "SOCIAL_FACEBOOK",
    "SOCIAL_TWITTER",
)
READ = {
    "Contacts": {
        *OF_ALL,
        *OF_PEOPLE,
        *(
            "CONTACT_ID",
            "SALUTATION",
            "FIRST_NAME",
            "LAST_NAME",
            "DEFAULT_LINKED_ORGANISATION",
            "CONTACTLINKS",
        ),
        *("ORGANISATION_ID", "DATE_OF_BIRTH", "EMAIL_ADDRESS", "TITLE", "ASSISTANT_NAME"),
        *("PHONE", "PHONE_HOME", "PHONE_MOBILE", "PHONE_OTHER", "PHONE_ASSISTANT", "PHONE_FAX"),
        *(f"ADDRESS_{which}_{line}" for which in ("MAIL", "OTHER") for line in LINES),
    },
    "Organisations": {
        *OF_ALL,
        *OF_PEOPLE,
        *("ORGANISATION_ID", "ORGANISATION_NAME", "ORGANISATIONLINKS"),
        *("PHONE", "PHONE_FAX", "WEBSITE", "EMAILDOMAINS"),
        *(f"ADDRESS_{which}_{line}" for which in ("BILLING", "SHIP") for line in LINES),
    },
    "Opportunities": {
        *OF_ALL,
        *(
            "OPPORTUNITY_ID",
            "OPPORTUNITY_NAME",
            "OPPORTUNITY_DETAILS",
            "PROBABILITY",
            "BID_CURRENCY",
            "BID_AMOUNT",
        ),
        *("BID_TYPE", "BID_DURATION", "OPPORTUNITY_VALUE", "FORECAST_CLOSE_DATE", "ACTUAL_CLOSE_DATE"),
        *("CATEGORY_ID", "PIPELINE_ID", "STAGE_ID", "OPPORTUNITY_STATE", "OPPORTUNITY_STATE_REASON_ID"),
        *("RESPONSIBLE_USER_ID", "ORGANISATION_ID", "CAN_EDIT", "CAN_DELETE"),
    },
    "Users": {
        *("USER_ID", "CONTACT_ID", "FIRST_NAME", "LAST_NAME", "TIMEZONE_ID", "EMAIL_ADDRESS"),
        *("EMAIL_DROPBOX_IDENTIFIER", "EMAIL_DROPBOX_ADDRESS", "ADMINISTRATOR", "ACCOUNT_OWNER", "ACTIVE"),
        *("DATE_CREATED_UTC", "DATE_UPDATED_UTC", "USER_CURRENCY", "CONTACT_DISPLAY", "CONTACT_ORDER"),
        *("TASK_WEEK_START", "INSTANCE_ID"),
    },
}
"""The keys that each sort of record is read by."""

NEW = {
    "Contacts": {"FIRST_NAME": "Foo", "LAST_NAME": "Bar"},
    "Organisations": {"ORGANISATION_NAME": "Foo"},
    "Opportunities": {"OPPORTUNITY_NAME": "Foo"},
}
"""What a record is made of, beside its owner."""

WRITTEN = {
    "Contacts": {
        "DATE_OF_BIRTH": "1999-12-31 00:00:00",
        "TITLE": "CTO",
        "PHONE_MOBILE": "1",
        "ADDRESS_MAIL_CITY": "Oslo",
    },
    "Organisations": {"WEBSITE": "x.example", "PHONE": "1", "ADDRESS_SHIP_CITY": "Oslo", "BACKGROUND": "x"},
    "Opportunities": {
        "FORECAST_CLOSE_DATE": "2018-01-31 10:00:00",
        "BID_AMOUNT": 5,
        "OPPORTUNITY_STATE": "Won",
    },
}
"""What is changed in it."""


class Client:
    """Three statuses are success; the text of anything else is an error. Each call has a body, and says it is JSON."""

    def __init__(self, url, key):
        self.base, self.auth = f"{url}/v2.3", (key, "")

    def ask(self, method, path, body=None):
        """Send a call, and return the JSON of its answer, if it has any."""
        answer = requests.request(
            method, self.base + path, auth=self.auth, json=body or {}, timeout=DEADLINE_S
        )
        if answer.status_code not in (200, 201, 202):
            raise LookupError(answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def every(self, resource):
        """Read page by page until one is empty."""
        found, page = [], ["first"]
        while page:
            page = self.ask("GET", f"/{resource}?skip={len(found)}&top=500")
            found += page
        return found


@pytest.fixture
def client(elements_workspace):
    """Such a client, with the address and the API key of a user."""
    return Client(elements_workspace.crm.url, elements_workspace.credentials.crm_api_key)


@pytest.mark.parametrize("resource", NEW)
def test_no_key_is_missing_from_any_answer(client, resource):
    (user,) = client.ask("GET", "/Users")
    assert {*user} == READ["Users"]
    owner = user["USER_ID"]

    made = client.ask("POST", f"/{resource}", {**NEW[resource], "OWNER_USER_ID": owner})
    number = next(iter(made.values()))
    answers = [
        made,
        client.ask("GET", f"/{resource}/{number}"),
        client.ask("PUT", f"/{resource}", made),
        *client.every(resource),
        *client.ask("GET", f"/{resource}/Search?updated_after_utc="),
    ]

    for answer in answers:
        assert {*answer} >= READ[resource]
        assert not {"ADDRESSES", "CONTACTINFOS"} & {*answer}


@pytest.mark.parametrize("resource", NEW)
def test_a_whole_record_is_sent_back_with_what_is_changed(client, resource):
    made = client.ask("POST", f"/{resource}", {**NEW[resource], "TAGS": [{"TAG_NAME": "kept"}]})
    number = next(iter(made.values()))

    client.ask("PUT", f"/{resource}", {**made, **WRITTEN[resource], "OWNER_USER_ID": 7})

    shown = client.ask("GET", f"/{resource}/{number}")
    follows = {"DATE_UPDATED_UTC", "OPPORTUNITY_VALUE"}
    expected = {**made, **WRITTEN[resource], "OWNER_USER_ID": 7}
    assert {name: value for name, value in shown.items() if value != expected[name]}.keys() <= follows


def test_a_record_that_is_sent_back_as_it_was_stays_as_it_was(client, elements_workspace):
    elements_workspace.crm.seed(30)

    for resource in NEW:
        for record in client.every(resource):
            assert {**client.ask("PUT", f"/{resource}", record), "DATE_UPDATED_UTC": ""} == {
                **record,
                "DATE_UPDATED_UTC": "",
            }


def test_it_pages_searches_and_deletes(client, elements_workspace):
    elements_workspace.crm.seed(7)
    first = client.ask("POST", "/Contacts", NEW["Contacts"])

    (found,) = client.ask("GET", "/Contacts/Search?last_name=Bar")
    assert found["CONTACT_ID"] == first["CONTACT_ID"]
    assert len(client.every("Contacts")) == 8
    assert client.ask("GET", "/Relationships")
    assert client.ask("DELETE", f"/Contacts/{first['CONTACT_ID']}") is None
    with pytest.raises(LookupError, match=r"404, .*No Contact"):
        client.ask("GET", f"/Contacts/{first['CONTACT_ID']}")
    with pytest.raises(LookupError, match=r"400, .*FIRST_NAME"):
        client.ask("POST", "/Contacts", {"FIRST_NAME": 5})


class TestAContactsOrganisation:
    """It has two names, and is no link of its own."""

    @pytest.mark.parametrize("name", ["ORGANISATION_ID", "DEFAULT_LINKED_ORGANISATION"])
    def test_either_name_will_do(self, client, name):
        made = client.ask("POST", "/Contacts", {"FIRST_NAME": "Foo", name: "5"})

        assert (made["ORGANISATION_ID"], made["DEFAULT_LINKED_ORGANISATION"], made["LINKS"]) == (5, 5, [])

    @pytest.mark.parametrize("name", ["ORGANISATION_ID", "DEFAULT_LINKED_ORGANISATION"])
    @pytest.mark.parametrize("value", [6, None])
    def test_of_two_the_one_that_differs_from_what_was_counts(self, client, name, value):
        made = client.ask("POST", "/Contacts", {"FIRST_NAME": "Foo", "ORGANISATION_ID": 5})

        after = client.ask("PUT", "/Contacts", {**made, name: value})

        assert after["ORGANISATION_ID"] == after["DEFAULT_LINKED_ORGANISATION"] == value

    def test_two_changes_that_differ_are_refused(self, client):
        body = {"FIRST_NAME": "Foo", "ORGANISATION_ID": 5, "DEFAULT_LINKED_ORGANISATION": 6}

        with pytest.raises(LookupError, match=r"400, .*names the same organisation"):
            client.ask("POST", "/Contacts", body)

    def test_a_link_to_another_one_is_kept_beside_it(self, client):
        body = {"FIRST_NAME": "Foo", "ORGANISATION_ID": 5, "LINKS": [{"ORGANISATION_ID": 6, "ROLE": "Board"}]}

        made = client.ask("POST", "/Contacts", body)

        (link,) = made["LINKS"]
        assert (link["ORGANISATION_ID"], link["CONTACT_ID"], link["ROLE"]) == (6, made["CONTACT_ID"], "Board")
        assert made["ORGANISATION_ID"] == 5
