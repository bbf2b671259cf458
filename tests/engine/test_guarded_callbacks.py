"""Callbacks leave this machine only for hosts that are allowed; a refusal is an attempt that failed, and says why."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body


def told(clients, url, configuration=None):
    """Make an instance that reports to a URL, let it have something to report, and return the attempts."""
    body = instance_body(clients.credentials)
    body["configuration"] |= {"event.notification.callback.url": url} | (configuration or {})
    clients.platform.create_instance(body)
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m 4s")
    (delivery,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    return delivery["attempts"]


def test_a_callback_to_another_machine_is_refused_and_tried_again_like_any_other(own_stack):
    attempts = told(own_stack().workspace(), "http://192.0.2.1/hook")

    assert [(one["at"][11:], one["status"]) for one in attempts] == [("10:15:00Z", None), ("10:15:04Z", None)]
    for attempt in attempts:
        assert attempt["outcome"].startswith("refused by the outbound guard: 192.0.2.1 ")
        assert "up --allow-host 192.0.2.1" in attempt["outcome"]


@pytest.mark.parametrize("url", ["nowhere", "", "ftp://127.0.0.1/"])
def test_a_callback_url_that_is_none_fails_as_an_attempt_or_is_no_url_at_all(own_stack, url):
    clients = own_stack().workspace()
    if url:
        assert "is no URL" in told(clients, url)[0]["outcome"]
    else:
        with pytest.raises(ValueError, match="not enough values"):
            told(clients, url)


def test_a_host_that_is_allowed_is_called(own_stack):
    clients = own_stack(PLATFORM_ALLOW_HOSTS="no-such-host.invalid other.invalid").workspace()

    (attempt, _) = told(clients, "http://NO-such-host.invalid/")

    assert attempt["outcome"] == "host name not found"


def test_a_receiver_of_this_machine_may_be_named(own_stack, receiver):
    clients = own_stack().workspace()

    (attempt,) = told(clients, receiver.url.replace("127.0.0.1", "localhost"))

    assert (attempt["status"], attempt["outcome"]) == (200, "delivered")
    assert receiver.headers[0]["Host"].startswith("localhost:")


def test_a_receiver_gets_extra_headers_basic_authentication_and_both_signatures(own_stack, receiver):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    configuration = {
        "event.notification.callback.headers": '{"X-Tenant": "acme"}',
        "event.notification.basic.username": "ada",
        "event.notification.basic.password": "s3cret",
        "elements-local.standard-webhooks.secret": secret,
    }

    told(own_stack().workspace(), receiver.url, configuration)

    (headers,) = receiver.headers
    assert (headers["X-Tenant"], headers["Authorization"]) == ("acme", "Basic YWRhOnMzY3JldA==")
    assert headers["Elements-Webhook-Signature"].startswith("sha256=")
    assert headers["Webhook-Id"] == headers["Elements-Webhook-Id"]
    assert headers["Webhook-Timestamp"] == "1772446500"
    assert headers["Webhook-Signature"].startswith("v1,")


def test_the_standard_id_stays_and_its_time_follows_the_attempt(own_stack, receiver):
    receiver.status = 503
    configuration = {"elements-local.standard-webhooks.secret": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}

    told(own_stack().workspace(), receiver.url, configuration)

    first, second = receiver.headers
    assert first["Webhook-Id"] == second["Webhook-Id"]
    assert int(second["Webhook-Timestamp"]) - int(first["Webhook-Timestamp"]) == 4
    assert first["Webhook-Signature"] != second["Webhook-Signature"]
    assert first["Elements-Webhook-Signature"] == second["Elements-Webhook-Signature"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("event.notification.callback.headers", "X-Tenant: acme"),
        ("event.notification.callback.headers", '{"Content-Type": "text/plain"}'),
        ("elements-local.standard-webhooks.secret", "not base64!"),
    ],
)
def test_headers_that_cannot_be_sent_are_refused_when_the_instance_is_made(clients, key, value):
    body = instance_body(clients.credentials)
    body["configuration"] |= {key: value}

    reply = clients.platform.send("POST", f"{BASE_PATH}/instances", json=body)

    assert reply.status == 400
    assert key in reply.body.decode()
