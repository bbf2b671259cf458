"""What clauses on deliveries may name, and the e-mails that are written."""

from datetime import UTC, datetime

import pytest

from elements_local.kit.values import replace
from elements_local.platform.accounts.emails import EmailCause, delivery_failed, of_notification
from elements_local.platform.ceql import matches, parse
from elements_local.platform.core.instance import User
from elements_local.platform.events.notification import KeptNotification, plain_body
from elements_local.platform.events.records import Channel, Delivery, DeliveryStatus, Subscription
from elements_local.platform.events.subscription import KeptDelivery, as_json, delivery_json, filtered_by

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OWNER = User(
    id=1, account_id=2, company_id=3, email="olive@acme.example", first_name="Olive", last_name="Owner"
)
MADE = Subscription(id=9, topics=("leaks",), config={"url": "http://127.0.0.1/o'neil"})
OWED = Delivery(
    notification_id=7, subscription_id=9, status=DeliveryStatus.QUEUED, created=NOON, updated=NOON
)
ABOUT = KeptNotification(
    id=7,
    topic="leaks",
    created=NOON,
    body=plain_body(topic="leaks", notification_id=7, created=NOON),
)
KEPT = KeptDelivery(delivery=OWED, subscription=MADE, notification=ABOUT)


@pytest.mark.parametrize(
    ("clause", "holds"),
    [
        ("channel='webhook' and status='queued'", True),
        ("channel='webhook' and status='queued' and config.url='http://127.0.0.1/o''neil'", True),
        ("config.url='http://127.0.0.1/'", False),
        ("status='retry' or notificationId=7", True),
        ("subscriptionId in (8, 9)", True),
        ("topic='leaks' and active=true", True),
        ("config.secret='x'", False),
    ],
)
def test_a_clause_may_name_what_is_documented_and_what_helps(clause, holds):
    assert matches(parse(clause), filtered_by(KEPT)) is holds


def test_a_delivery_is_shown_with_the_keys_in_the_vendors_order():
    retried = replace(KEPT, delivery=replace(OWED, status=DeliveryStatus.RETRY))
    assert delivery_json(retried, hydrate=False) == {
        "notificationId": 7,
        "subscriptionId": 9,
        "status": "retry",
        "createdDate": "2026-03-02T12:00:00Z",
        "updatedDate": "2026-03-02T12:00:00Z",
    }
    assert list(delivery_json(KEPT, hydrate=False))[-1] == "notification"
    full = delivery_json(KEPT, hydrate=True)
    assert list(full)[-2:] == ["notification", "subscription"]
    assert full["subscription"] == as_json(MADE)


@pytest.mark.parametrize("channel", Channel)
def test_a_subscription_without_a_url_has_an_empty_one(channel):
    assert Subscription(id=1, topics=("x",), config={}, channel=channel).url == ""


@pytest.mark.parametrize("config", [{}, {"to": ""}, {"to": None}, {"to": 5}, {"elsewhere": "x@y.example"}])
def test_who_gives_no_address_is_the_owner(config):
    email = of_notification(config, OWNER, topic="leaks", sender="me", message="Drip", at=NOON)

    assert (email.recipient, email.subject, email.cause) == (
        "olive@acme.example",
        "leaks",
        EmailCause.SUBSCRIPTION,
    )


def test_the_email_about_a_dead_subscription_says_who_where_how_often_and_why():
    email = delivery_failed(
        "Ours (instance 5)", to="a@b.example", url="http://x/", tries=10, reason="answered 503", at=NOON
    )

    assert "Ours (instance 5)" in email.subject
    assert "10 attempts to deliver to http://x/" in email.message
    assert "answered 503" in email.message
