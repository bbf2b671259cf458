"""The forms without an id: the Element token says which instance is meant, and they do what the forms with one do."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

FORMS = {
    "put": ("PUT", ""),
    "patch": ("PATCH", ""),
    "delete": ("DELETE", ""),
    "enable": ("PUT", "/enabled"),
    "disable": ("DELETE", "/enabled"),
    "configuration": ("GET", "/configuration"),
    "one entry": ("GET", "/configuration/5993000"),
    "one entry's patch": ("PATCH", "/configuration/5993000"),
    "trace": ("PUT", "/trace-logging"),
    "end of trace": ("DELETE", "/trace-logging"),
}
BODIES = {
    ("PUT", ""): {"name": "New", "configuration": {"event.notification.enabled": "false"}},
    ("PATCH", ""): {"name": "New"},
    ("PATCH", "/configuration/5993000"): {"propertyValue": "grace"},
    ("PUT", "/trace-logging"): {"duration": 5},
}


@pytest.fixture
def by_token(clients):
    """Call ``/instances`` with an Element token, or with whatever pairs are given."""

    def send(method, path="", *, element=None, pairs=None, **given):
        secrets = clients.credentials
        own = f"User {secrets.user_secret}, Organization {secrets.organization_secret}"
        header = pairs or own + (f", Element {element}" if element else "")
        return clients.platform.send(
            method, f"{BASE_PATH}/instances{path}", headers={"Authorization": header}, **given
        )

    return send


@pytest.mark.parametrize(("method", "path"), FORMS.values(), ids=FORMS)
def test_the_token_does_what_the_id_does(*, clients, instances, make_instance, by_token, method, path):
    by_id, selected, bystander = make_instance(), make_instance(), make_instance()
    body = {"json": BODIES[method, path]} if (method, path) in BODIES else {}

    replies = [
        instances(method, f"/{by_id['id']}{path}", **body),
        by_token(method, path, element=selected["token"], **body),
    ]

    one, other = (masked(reply.body, made) for reply, made in zip(replies, (by_id, selected), strict=True))
    assert [reply.status for reply in replies] == [200, 200]
    assert one == other
    left = [
        masked(instances("GET", f"/{made['id']}").body, made, request_id=False) for made in (by_id, selected)
    ]
    assert left[0] == left[1]
    assert decode(instances("GET", f"/{bystander['id']}").body) == bystander
    assert clients.clock.advance("15m")["polls"] in {4, 8, 12}


def masked(body, made, *, request_id=True):
    """Return a body without what tells two instances apart."""
    text = body.decode()
    for key in ("id", "token", "subscriptionId"):
        text = text.replace(str(made[key]), key)
    return text if request_id or '"requestId"' not in text else text[text.index('"message"') :]


def test_an_id_in_the_path_counts_and_a_token_beside_it_does_not(instances, make_instance, by_token):
    named, selected = make_instance(), make_instance()

    by_token("PATCH", f"/{named['id']}", element=selected["token"], json={"name": "New"})
    by_token("PATCH", f"/{named['id']}", element="nobodys", json={"tags": ["new"]})

    assert decode(instances("GET", f"/{named['id']}").body) == {**named, "name": "New", "tags": ["new"]}
    assert decode(instances("GET", f"/{selected['id']}").body) == selected
