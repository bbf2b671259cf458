"""Calls that are done later: who asks for one, and where its result goes."""

import pytest

from mock_platform.errors import InvalidRequestError
from mock_platform.hub.async_call import is_async, receiver

OWN = {"event.notification.callback.url": "http://own.example/x"}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("True", True),
        ("true", True),
        (" TRUE ", True),
        ("False", False),
        ("1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_true_asks_for_it(value, wanted):
    assert is_async(value) is wanted


@pytest.mark.parametrize(
    ("header", "values", "url"),
    [
        ("https://other.example/y?z", OWN, "https://other.example/y?z"),
        (None, OWN, "http://own.example/x"),
        ("", OWN, "http://own.example/x"),
        ("http://[::1]:8080", {}, "http://[::1]:8080"),
    ],
)
def test_the_header_wins_over_the_instance(header, values, url):
    assert receiver(header, values) == url


@pytest.mark.parametrize("header", ["nowhere", "ftp://x/y", "http://", "http://[::1", "//x/y"])
def test_what_is_no_url_is_refused(header):
    with pytest.raises(InvalidRequestError, match="must be a URL of http or https"):
        receiver(header, OWN)


@pytest.mark.parametrize("values", [{}, {"event.notification.callback.url": None}])
def test_without_a_receiver_it_is_refused(values):
    with pytest.raises(InvalidRequestError, match="needs Elements-Async-Callback-Url"):
        receiver(None, values)
