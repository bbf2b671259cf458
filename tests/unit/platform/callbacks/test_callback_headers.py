"""The headers of a callback: its id, its signature, and what the configuration adds."""

import json
from base64 import b64encode

import pytest
from each_row import each_row

from elements_local.platform.callbacks.headers import callback_headers
from elements_local.platform.configuration.callback_headers import (
    EXTRA,
    PASSWORD,
    SIGNATURE_KEY,
    USERNAME,
    extra_headers,
)
from elements_local.platform.errors import InvalidRequestError


def basic(credentials):
    return {"Authorization": f"Basic {b64encode(credentials.encode()).decode()}"}


BEARER = {"X-Tenant": "acme", "Authorization": "Bearer x"}


@each_row(
    ("values", "added"),
    {
        "nothing": ({}, {}),
        "nothing in each key": ({SIGNATURE_KEY: "", USERNAME: "", PASSWORD: None, EXTRA: "  "}, {}),
        "a key": (
            {SIGNATURE_KEY: "secret"},
            {"Elements-Webhook-Signature": "sha256=dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="},
        ),
        "a user and a password": ({USERNAME: "ada", PASSWORD: "s:ecret"}, basic("ada:s:ecret")),
        "a user alone": ({USERNAME: "ada", PASSWORD: None}, basic("ada:")),
        "a password alone": ({USERNAME: None, PASSWORD: "secret"}, basic(":secret")),
        "letters of all kinds": ({USERNAME: "ädä", PASSWORD: "пароль"}, basic("ädä:пароль")),
        "others": ({EXTRA: json.dumps(BEARER)}, BEARER),
        "others, and a user": ({EXTRA: json.dumps(BEARER), USERNAME: "ada"}, BEARER | basic("ada:")),
        "no others": ({EXTRA: "{}"}, {}),
    },
)
def test_beside_a_type_and_the_notifications_id_there_is_what_the_configuration_asks_for(values, added):
    usual = {"Content-Type": "application/json", "Elements-Webhook-Id": "77"}

    assert callback_headers(b"{}", values, notification_id=77) == usual | added


@each_row(
    "text",
    [
        "X-Tenant: acme", "[]", "null", '"X"', '{"X": 1}', '{"X": null}', '{"": "x"}', '{"X Y": "x"}',
        '{"X": "a\\nb"}', '{"X": "a\\r\\nEvil: 1"}', '{"X:": "x"}', '{"X": " x"}', '{"X": "ä"}',
        "[" * 100_000,
    ],
)  # fmt: skip
@pytest.mark.assumed
def test_what_are_no_headers_is_refused_with_an_example(text):
    with pytest.raises(InvalidRequestError, match="X-Tenant"):
        extra_headers(text)


OWN = [
    "Content-Type", "content-length", "HOST", "Transfer-Encoding", "Connection", "elements-webhook-id",
    "Elements-Webhook-Signature",
]  # fmt: skip


@each_row("name", OWN)
def test_the_platforms_own_headers_cannot_be_replaced(name):
    with pytest.raises(InvalidRequestError, match=name):
        extra_headers(f'{{"{name}": "x"}}')
