"""Bad input to ``/instances``: the right status, a message that says what is wrong and where, and nothing changed."""

import json

import pytest

from elements_local.clients import BASE_PATH

POLLER = "event.poller.configuration"
INTERVAL = "event.poller.refresh_interval"


def poller(**changes):
    """Return a poller configuration with one resource, some of it replaced."""
    dates = {
        "updatedDateField": "DATE_UPDATED_UTC",
        "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
        "createdDateField": "DATE_CREATED_UTC",
        "createdDateFormat": "yyyy-MM-dd HH:mm:ss",
    }
    dates |= changes.pop("dates", {})
    contacts = {"url": "/hubs/crm/contacts", "idField": "CONTACT_ID", "datesConfiguration": dates} | changes
    return {POLLER: {"contacts": contacts}}


CONFIGURATIONS = {
    "no password": ({"password": ...}, "configuration needs password"),
    "an empty password": ({"password": ""}, "configuration needs password"),
    "a null password": ({"password": None}, "configuration needs password"),
    "a mask where nothing is stored": ({"password": "********"}, "configuration needs password"),
    "no user name": ({"username": ...}, "configuration needs username"),
    "neither": ({"username": "", "password": None}, "configuration needs username and password"),
    "a flag that is none": (
        {"event.notification.enabled": "yes"},
        "event.notification.enabled must be true or false",
    ),
    "a number for a flag": (
        {"event.notification.enabled": 1},
        "event.notification.enabled must be true or false",
    ),
    "a list for a flag": (
        {"filter.response.nulls": []},
        "filter.response.nulls must be true or false; got '[]'",
    ),
    "an unknown vendor type": (
        {"event.vendor.type": "pigeon"},
        "event.vendor.type must be polling or webhook",
    ),
    "interval nought": ({INTERVAL: 0}, f"{INTERVAL} must be whole minutes, 1 or more; got '0'"),
    "interval nought as text": ({INTERVAL: "0"}, f"{INTERVAL} must be whole minutes, 1 or more; got '0'"),
    "interval below nought": ({INTERVAL: -1}, f"{INTERVAL} must be whole minutes, 1 or more; got '-1'"),
    "interval with a fraction": ({INTERVAL: 1.5}, f"{INTERVAL} must be whole minutes, 1 or more; got '1.5'"),
    "interval in words": ({INTERVAL: "abc"}, f"{INTERVAL} must be whole minutes, 1 or more; got 'abc'"),
    "interval blank": ({INTERVAL: " "}, f"{INTERVAL} must be whole minutes, 1 or more; got ' '"),
    "interval true": ({INTERVAL: True}, f"{INTERVAL} must be whole minutes, 1 or more; got 'true'"),
    "interval as a list": ({INTERVAL: [15]}, f"{INTERVAL} must be whole minutes, 1 or more; got '[15]'"),
    "interval in other digits": (
        {INTERVAL: "\u0661\u0665"},
        f"{INTERVAL} must be whole minutes, 1 or more; got '\u0661\u0665'",
    ),
    "interval past all numbers": ({INTERVAL: "9" * 5000}, f"{INTERVAL} must be whole minutes, 1 or more"),
    "a poller that is no JSON": ({POLLER: "{"}, f"{POLLER} is not JSON: line 1, column 2"),
    "a poller with a comma missing": (
        {POLLER: '{\n "a": {}\n "b": {}}'},
        f"{POLLER} is not JSON: line 3, column 2",
    ),
    "a poller that is a list": ({POLLER: []}, f"{POLLER} must be an object of resources; got an array"),
    "a poller that is a number": ({POLLER: 5}, f"{POLLER} must be an object of resources; got a number"),
    "a resource that is a text": ({POLLER: {"contacts": "x"}}, "'contacts' must be an object; got a text"),
    "no URL": (poller(url=""), f"{POLLER}: contacts.url must be a path on the platform"),
    "a URL elsewhere": (
        poller(url="http://evil.example/"),
        f"{POLLER}: contacts.url must be a path on the platform",
    ),
    "a URL of another host": (
        poller(url="//evil.example/"),
        f"{POLLER}: contacts.url must be a path on the platform",
    ),
    "an unknown date letter": (
        poller(dates={"updatedDateFormat": "yyyy-MM-dd QQ"}),
        f"{POLLER}: contacts.datesConfiguration.updatedDateFormat: date pattern 'yyyy-MM-dd QQ': the letter 'Q'",
    ),
    "an open quote in a pattern": (
        poller(dates={"createdDateFormat": "yyyy'T"}),
        'contacts.datesConfiguration.createdDateFormat: date pattern "yyyy\'T": the quote at column 5 is not closed',
    ),
    "an unknown letter in a placeholder": (
        poller(url="/hubs/crm/contacts?where=updated_after_utc='${gmtDate:QQ}'"),
        f"{POLLER}: contacts.url: date pattern 'QQ': the letter 'Q'",
    ),
    "an unknown zone": (
        poller(dates={"updatedDateTimezone": "Mars/Olympus"}),
        "contacts.datesConfiguration.updatedDateTimezone: unknown time zone 'Mars/Olympus'",
    ),
    "an unknown zone in a placeholder": (
        poller(url="/hubs/crm/contacts?a=${dateTimeZone:Mars:yyyy}"),
        f"{POLLER}: contacts.url: unknown time zone 'Mars'",
    ),
    "dates that are a list": (
        poller(datesConfiguration=[]),
        "contacts.datesConfiguration must be an object; got []",
    ),
    "a tolerance that is none": (
        poller(createdCheckTolerance="soon"),
        "contacts.createdCheckTolerance must be whole",
    ),
    "a page size of nought": (
        poller(pageSize=0),
        "contacts.pageSize must be a whole number, 1 or more; got 0",
    ),
    "a negative delay": (poller(pollDelay=-5), "contacts.pollDelay must be whole seconds, 0 or more; got -5"),
    "a filter that is no flag": (
        poller(filterByCurrentDate="maybe"),
        "contacts.filterByCurrentDate must be true or",
    ),
    "a resource's name with a NUL": (
        {POLLER: '{"a\\u0000": {"url": "/hubs/crm/contacts"}}'},
        "cannot hold U+0000; got 'a",
    ),
    "names that are not there": (
        {"event.poller.urls": "contacts|carrots"},
        "no poller configuration for 'carrots'; known are: accounts, contacts, leads, opportunities",
    ),
}

OTHERS = {
    "no element": ({"element": ...}, 400, "element.key or element.id is missing"),
    "an empty element": ({"element": {}}, 400, "element.key or element.id is missing"),
    "a null element": ({"element": None}, 400, "element.key or element.id is missing"),
    "an element that is a text": (
        {"element": "insightly"},
        400,
        "element must be an object; got a text",
    ),
    "an unknown key": ({"element": {"key": "hubspot"}}, 404, "No element found with key hubspot"),
    "an empty key": ({"element": {"key": ""}}, 404, "No element found with key "),
    "an unknown id": ({"element": {"id": 1}}, 404, "No element found with ID 1"),
    "a negative id": ({"element": {"id": -5993}}, 404, "No element found with ID -5993"),
    "a huge id": ({"element": {"id": 10**30}}, 404, f"No element found with ID {10**30}"),
    "a key that is a number": ({"element": {"key": 5993}}, 400, "element.key must be a text; got 5993"),
    "an id with a fraction": (
        {"element": {"id": 5993.5}},
        400,
        "element.id must be a whole number or a text; got 5993.5",
    ),
    "an id that is a flag": (
        {"element": {"id": True}},
        400,
        "element.id must be a whole number or a text; got true",
    ),
    "no name": ({"name": ...}, 400, "name is missing; expected a text"),
    "a null name": ({"name": None}, 400, "name is missing; expected a text"),
    "an empty name": ({"name": ""}, 400, "name must be a text that is more than markup; got ''"),
    "a blank name": ({"name": " \t\n"}, 400, "name must be a text that is more than markup"),
    "a name of markup": ({"name": "<b><i></i></b>"}, 400, "name must be a text that is more than markup"),
    "a name that is a number": ({"name": 5}, 400, "name must be a text; got 5"),
    "tags that are a text": ({"tags": "a"}, 400, "tags must be a list of texts; got a text"),
    "a tag that is a number": ({"tags": ["a", 5]}, 400, "tags[1] must be a text; got 5"),
    "a tag that is null": ({"tags": [None]}, 400, "tags[0] must be a text; got null"),
    "a configuration that is a list": (
        {"configuration": []},
        400,
        "configuration must be an object; got an empty list",
    ),
    "a configuration that is a text": (
        {"configuration": "{}"},
        400,
        "configuration must be an object; got a text",
    ),
    "no configuration": ({"configuration": None}, 400, "configuration needs username and password"),
    "an empty configuration": ({"configuration": {}}, 400, "configuration needs username and password"),
    "provider data that is a text": (
        {"providerData": "x"},
        400,
        "providerData must be an object; got a text",
    ),
    "an authentication that is a flag": (
        {"externalAuthentication": True},
        400,
        "externalAuthentication must be a text; got true",
    ),
    "objects wanted in words": (
        {"retrieveObjectsAfterInstantiation": "yes"},
        400,
        'retrieveObjectsAfterInstantiation must be true or false; got "yes"',
    ),
}


@pytest.mark.parametrize(("changes", "words"), CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_configuration_that_could_not_work_is_refused_when_created(
    *, instances, body_of, refused, unchanged, changes, words
):
    with unchanged():
        reply = instances("POST", json=body_of(changes))

    assert words in refused(reply, 400)


CREDENTIALS_LEFT_OUT = {"no password", "no user name", "a mask where nothing is stored"}
"""What a change may leave to what is stored already."""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param(*case, id=name)
        for name, case in CONFIGURATIONS.items()
        if name not in CREDENTIALS_LEFT_OUT
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_configuration_that_could_not_work_is_refused_when_changed(
    *, instances, instance, body_of, refused, unchanged, method, changes, words
):
    body = body_of(changes) if method == "PUT" else {"configuration": changes}

    with unchanged():
        reply = instances(method, f"/{instance['id']}", json=body)

    assert words in refused(reply, 400)


@pytest.mark.parametrize(("changes", "status", "words"), OTHERS.values(), ids=OTHERS)
def test_a_body_that_says_no_instance_is_refused(
    *, instances, body_of, refused, unchanged, changes, status, words
):
    with unchanged():
        reply = instances("POST", json=body_of(**changes))

    assert words in refused(reply, status)


CHANGES = {
    name: (changes, words)
    for name, (changes, status, words) in OTHERS.items()
    if set(changes) & {"name", "tags", "providerData"} and changes.get("name", "") not in {..., None}
} | {
    "a configuration that is a list": OTHERS["a configuration that is a list"][::2],
    "a configuration that is a text": OTHERS["a configuration that is a text"][::2],
}


@pytest.mark.parametrize(("changes", "words"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_that_says_no_instance_is_refused(
    *, instances, instance, body_of, refused, unchanged, method, changes, words
):
    body = body_of(**changes) if method == "PUT" else changes

    with unchanged():
        reply = instances(method, f"/{instance['id']}", json=body)

    assert words in refused(reply, 400)


@pytest.mark.parametrize("name", [..., None])
def test_a_put_needs_a_name(*, instances, instance, body_of, refused, unchanged, name):
    with unchanged():
        reply = instances("PUT", f"/{instance['id']}", json=body_of(name=name))

    assert refused(reply, 400).startswith("name is missing; expected a text")


BODIES = {
    "nothing": (b"", "Malformed JSON: the body is empty"),
    "blanks": (b" \n ", "Malformed JSON: the body is empty"),
    "no JSON": (b"My+Insightly", "Malformed JSON at line 1, column 1"),
    "the first half": (b'{"name": "My', "Malformed JSON at line 1, column 13"),
    "single quotes": (b"{'name': 'x'}", "Malformed JSON at line 1, column 2"),
    "a comma too many": (b'{\n  "name": "x",\n}', "Malformed JSON at line 3, column 1"),
    "a second value": (b"{} {}", "Malformed JSON at line 1, column 4"),
    "a control character": (b'{"name": "a\x01b"}', "Malformed JSON at line 1, column 12"),
    "a NUL byte": (b'{"name": "a\x00b"}', "Malformed JSON at line 1, column 12"),
    "a line feed in a text": (b'{"name": "a\nb"}', "Malformed JSON at line 1, column 12"),
    "Latin-1": (b'{"name": "\xe9"}', "Malformed JSON at line 1, column 11: a character is not UTF-8"),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), "Malformed JSON at line 1, column 1"),
    "half a surrogate pair": (b'{"name": "\\ud800"}', "Malformed JSON at line 1"),
    "a pair the wrong way round": (b'{"name": "\\udc00\\ud800"}', "Malformed JSON at line 1"),
    "NaN": (b'{"name": NaN}', "Malformed JSON at line 1, column 10"),
    "a number past all numbers": (
        b'{"configuration": {"x": 1e999}}',
        "Malformed JSON at line 1, column 25: number out of range",
    ),
    "a number of 5000 digits": (
        b'{"element": {"id": ' + b"9" * 5000 + b"}}",
        "Malformed JSON at line 1, column 20: number out of range",
    ),
    "65 lists deep": (
        b'{"configuration": {"x": ' + b"[" * 65 + b"]" * 65 + b"}}",
        "nested deeper than 64 levels",
    ),
    "100000 lists deep": (b"[" * 100_000 + b"]" * 100_000, "Malformed JSON: nested too deeply"),
    "an array": (b"[]", "the body must be an object; got an empty list"),
    "a text": (b'"insightly"', "the body must be an object; got a text"),
    "null": (b"null", "the body must be an object; got null"),
    "a number": (b"5", "the body must be an object; got "),
}


@pytest.mark.parametrize(("body", "words"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_that_is_no_json_object_is_refused_with_the_place(
    *, instances, instance, refused, unchanged, method, body, words
):
    with unchanged():
        reply = instances(method, "" if method == "POST" else f"/{instance['id']}", body=body)

    assert words in refused(reply, 400)


def test_the_guides_own_curl_lacks_a_comma_and_is_told_where(instances, refused, unchanged):
    printed = """{
  "element": {
    "key": "insightly"
  },
  "providerData": {
    "code": "xoz8AFqScK2ngM04kSSM"
  },
  "configuration": {
    "username": "<INSERT_INSIGHTLY_USERNAME>",
    "password": "<INSERT_INSIGHTLY_API_KEY>",
    "event.notification.enabled": true,
    "event.vendor.type": "polling",
    "event.notification.callback.url": "http://mycoolapp.com"
    "event.poller.refresh_interval": "15"
  },
  "tags": [
    "For Docs"
  ],
  "name": "API_Polling"
}"""

    with unchanged():
        reply = instances("POST", body=printed.encode(), headers={"Content-Type": "application/json"})

    assert refused(reply, 400) == (
        """Malformed JSON at line 14, column 5: expected ',' or '}'; got '"event.poller.refresh_interval"'"""
    )


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "text/json5"]
)
def test_a_body_that_says_it_is_no_json_is_refused(instances, body_of, refused, unchanged, kind):
    with unchanged():
        reply = instances("POST", body=json.dumps(body_of()).encode(), headers={"Content-Type": kind})

    assert refused(reply, 415) == f"Content-Type must be application/json; got '{kind}'"


def test_a_body_may_have_a_megabyte_and_no_byte_more(instances, body_of, refused, unchanged):
    body = json.dumps(body_of()).encode()
    largest = 1024 * 1024

    with unchanged():
        reply = instances("POST", body=body.ljust(largest + 1))

    assert refused(reply, 413) == "a body may have 1048576 bytes; this one has 1048577"
    assert instances("POST", body=body.ljust(largest)).status == 200


UNKNOWN_IDS = {
    "nought": "0",
    "negative": "-1",
    "a sign": "%2B1",
    "text": "abc",
    "null": "null",
    "a fraction": "1.0",
    "larger than any": "9" * 18,
    "too large for a number": "9" * 5000,
    "blank": "%20",
    "unicode": "%F0%9F%98%80",
    "digits of another script": "%D9%A1",
    "a NUL byte": "%00",
    "a line feed": "1%0A",
    "bytes that are no UTF-8": "%FF",
    "a quote": "1'%20OR%20'1'='1",
}


@pytest.mark.parametrize("path", UNKNOWN_IDS.values(), ids=UNKNOWN_IDS)
@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", ""),
        ("PUT", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("PUT", "/enabled"),
        ("DELETE", "/enabled"),
        ("GET", "/events"),
        ("GET", "/events/x"),
    ],
)
@pytest.mark.usefixtures("instance")
def test_an_id_that_no_instance_has_is_not_found(*, instances, refused, unchanged, method, below, path):
    with unchanged():
        reply = instances(
            method, f"/{path}{below}", body=b'{"name": "x"}' if method in {"PUT", "PATCH"} else b""
        )

    assert refused(reply, 404).startswith("No element instance found with ID ")


PAGES = {
    "page=0": "page",
    "page=-1": "page",
    "page=abc": "page",
    "page=": "page",
    "page=1.5": "page",
    "page=%2B1": "page",
    "page=%D9%A1": "page",
    "page=1000000000": "page",
    "page=99999999999999999999": "page",
    "pageSize=0": "pageSize",
    "pageSize=-1": "pageSize",
    "pageSize=abc": "pageSize",
    "pageSize=": "pageSize",
    "pageSize=99999999999999999999": "pageSize",
}


@pytest.mark.parametrize(("query", "name"), PAGES.items(), ids=PAGES)
@pytest.mark.parametrize("path", ["/instances", "/instances/events", "/hubs/crm/contacts"])
def test_pages_are_counted_from_one_to_as_many_as_anyone_needs(
    *, clients, instance, refused, path, query, name
):
    client = clients.platform
    headers = {"Authorization": f"{client.headers['Authorization']}, Element {instance['token']}"}

    reply = client.send("GET", f"{BASE_PATH}{path}?{query}", headers=headers)

    assert refused(reply, 400).startswith(f"{name} must be a whole number from 1 to 999999999; got ")


TOKENS = {
    "a word": "abc",
    "base64 of a word": "YWJj",
    "a negative place": "b2Zmc2V0Oi0x",
    "a place of 19 digits": "b2Zmc2V0Ojk5OTk5OTk5OTk5OTk5OTk5OTk=",
    "no place": "b2Zmc2V0Og==",
    "unicode": "%F0%9F%98%80",
    "a NUL byte": "%00",
    "a blank": "%20",
    "a good one with rubbish in it": "b2Zm*c2V0OjI=",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("path", ["/instances", "/instances/events", "/hubs/crm/contacts"])
def test_a_token_that_was_never_given_is_refused(clients, instance, refused, path, token):
    client = clients.platform
    headers = {"Authorization": f"{client.headers['Authorization']}, Element {instance['token']}"}

    reply = client.send("GET", f"{BASE_PATH}{path}?nextPage={token}", headers=headers)

    assert refused(reply, 400).startswith("nextPage must be a token from Elements-Next-Page-Token; got ")


@pytest.mark.parametrize(
    "path", ["/hubspot", "/1", "/-1", "/5993.0", "/INSIGHTLY", "/%00", "/hubspot/configuration"]
)
def test_an_element_that_is_not_there_is_not_found(clients, refused, path):
    key = path.split("/")[1].replace("%00", "\x00")

    assert (
        refused(clients.platform.send("GET", f"{BASE_PATH}/elements{path}"), 404)
        == f"No element found with key {key}"
    )
