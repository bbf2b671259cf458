"""Which values are shown as asterisks, and what asterisks mean when they come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.configuration.instance_configuration import MASK, mask, unmask
from elements_local.platform.elements.element import ConfigurationKey
from elements_local.platform.elements.insightly.definition import INSIGHTLY

SECRETS = frozenset({"password", "oauth.api.secret"})


def test_the_mask_is_eight_asterisks():
    assert MASK == "*" * 8


@pytest.mark.parametrize("secret", ["x", "0123-4567", "*" * 8, "a" * 1000])
def test_a_secret_of_any_length_is_shown_as_the_mask(secret):
    assert mask({"password": secret}, SECRETS) == {"password": MASK}


@pytest.mark.parametrize("value", [None, ""])
def test_a_secret_that_is_not_set_shows_nothing(value):
    assert mask({"password": value}, SECRETS) == {"password": value}


def test_what_is_no_secret_is_shown_in_its_place():
    values = {"username": "ada", "password": "0123", "event.notification.signature.key": "key"}

    assert list(mask(values, SECRETS).items()) == [
        ("username", "ada"),
        ("password", MASK),
        ("event.notification.signature.key", "key"),
    ]


@pytest.mark.assumed
def test_a_mask_that_comes_back_keeps_the_stored_secret():
    assert unmask({"password": MASK}, {"password": "0123"}, SECRETS) == {"password": "0123"}


@pytest.mark.parametrize(
    ("sent", "stored", "meant"),
    [
        pytest.param({"password": MASK}, {}, {"password": None}, id="a mask of nothing"),
        pytest.param({"password": "new"}, {"password": "old"}, {"password": "new"}, id="a new secret"),
        pytest.param({"password": ""}, {"password": "old"}, {"password": ""}, id="an empty one"),
        pytest.param({"password": "*" * 7}, {"password": "old"}, {"password": "*" * 7}, id="seven asterisks"),
        pytest.param({"password": "*" * 9}, {"password": "old"}, {"password": "*" * 9}, id="nine asterisks"),
        pytest.param({"username": MASK}, {"username": "ada"}, {"username": MASK}, id="a mask of no secret"),
        pytest.param({}, {"password": "old"}, {}, id="nothing sent"),
    ],
)
def test_what_is_sent_is_meant_as_it_is(sent, stored, meant):
    assert unmask(sent, stored, SECRETS) == meant


keys = st.sampled_from(["username", "password", "oauth.api.secret", "base.url"])
texts = st.one_of(st.none(), st.text(max_size=5))


@given(st.dictionaries(keys, texts))
def test_what_was_shown_can_be_sent_back_as_it_is(values):
    assert unmask(mask(values, SECRETS), values, SECRETS) == values


@given(st.dictionaries(keys, st.text(min_size=4, alphabet="abc")))
def test_no_secret_is_shown(values):
    shown = mask(values, SECRETS)

    assert all(shown[key] == MASK for key in values.keys() & SECRETS)


@pytest.mark.parametrize(
    ("key", "input_type", "secret"),
    [
        ("password", "PASSWORD", True),
        ("anything", "PASSWORD", True),
        ("oauth.api.key", "TEXTFIELD_32", True),
        ("oauth.api.secret", "TEXTFIELD_32", True),
        ("password", "TEXTFIELD_32", False),
    ],
)
def test_passwords_and_oauth_keys_are_secrets(key, input_type, secret):
    assert ConfigurationKey(key=key, name="", type=input_type).secret is secret


def test_insightlys_secrets_are_its_passwords_and_the_oauth_keys():
    assert INSIGHTLY.secret_keys == {
        "password",
        "event.notification.basic.password",
        "oauth.api.key",
        "oauth.api.secret",
    }
