"""The platform's Authorization header, in every form that the guides show and some that they do not."""

from itertools import permutations

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.platform.core.callers import Authorization, parse_authorization
from elements_local.platform.errors import InvalidCredentialsError

USER = "aB3+/x0Lm9QzYt7Kc2VwRf5Jh8Nd1Gs4Pe6Uu+/TiAo="
ORGANIZATION = "0123456789abcdef0123456789abcdef"
TOKEN = "zZ9/+yYxXwWvVuUtTsSrRqQpPoOnNmMlLkKjJiIhHgA="


@each_row(
    ("header", "secrets"),
    {
        "user and organization": (
            f"User {USER}, Organization {ORGANIZATION}",
            Authorization(user=USER, organization=ORGANIZATION),
        ),
        "user and element": (f"User {USER}, Element {TOKEN}", Authorization(user=USER, element=TOKEN)),
        "all three": (
            f"User {USER}, Organization {ORGANIZATION}, Element {TOKEN}",
            Authorization(user=USER, organization=ORGANIZATION, element=TOKEN),
        ),
        "the user alone": (f"User {USER}", Authorization(user=USER)),
        "the element alone": (f"Element {TOKEN}", Authorization(element=TOKEN)),
        "a secret called like a scheme": ("User User", Authorization(user="User")),
    },
)
def test_a_header_carries_its_secrets(header, secrets):
    assert parse_authorization(header) == secrets


@each_row("order", [*permutations(["User u=", "Organization o", "Element e="])])
def test_pairs_come_in_any_order(order):
    assert parse_authorization(", ".join(order)) == Authorization(user="u=", organization="o", element="e=")


@pytest.mark.assumed
@each_row(
    "header",
    {
        "any case": "user u, ORGANIZATION o",
        "no blank after the comma": "User u,Organization o",
        "many blanks around the comma": "User u  ,   Organization o",
        "many blanks after the scheme": "User   u, Organization  o",
        "blanks around it all": "  User u, Organization o\t",
    },
)
def test_case_and_blanks_do_not_matter(header):
    assert parse_authorization(header) == Authorization(user="u", organization="o")


@each_row("header", ["Bearer t", "bearer t", "BEARER  t"])
def test_what_signing_in_gave_may_stand_for_the_user(header):
    assert parse_authorization(header) == Authorization(bearer="t")


@each_row("header", ["Bearer t, User u", "User u, Element e, Bearer t"])
def test_a_user_and_what_stands_for_one_are_not_sent_together(header):
    with pytest.raises(InvalidCredentialsError, match="names both User and Bearer"):
        parse_authorization(header)


@each_row("header", {"none": None, "an empty one": ""})
def test_without_a_header_there_are_no_credentials(header):
    with pytest.raises(InvalidCredentialsError, match="There was no Authorization header"):
        parse_authorization(header)


@each_row(
    "header",
    {
        "a blank": " ",
        "a comma at the end": "User u,",
        "two commas": "User u,, Organization o",
        "a scheme alone": "User",
        "a tab after the scheme": "User\tu",
        "no blank after the scheme": "Useru",
        "no comma": "User u Organization o",
        "a colon": "User: u",
        "a secret with a blank": "User u v",
        "Basic": "Basic dXNlcjpwYXNz",
        "a long s": "U\u017fer u",
        "an i without a dot": "Organ\u0131zation o",
        "an I with one": "User u, Organi\u0130zation o",
        "a secret alone": USER,
    },
)
def test_what_is_garbled_is_refused_with_an_example(header):
    with pytest.raises(InvalidCredentialsError, match=r'was garbled\. Expected "User <secret>, Organization'):
        parse_authorization(header)


@each_row(
    ("header", "scheme"),
    [
        ("User u, User u", "User"),
        ("User u, user v", "user"),
        ("Element e, User u, ELEMENT f", "ELEMENT"),
        ("Organization o,Organization o", "Organization"),
    ],
)
def test_a_scheme_that_comes_twice_is_refused(header, scheme):
    with pytest.raises(InvalidCredentialsError, match=f"names {scheme} twice"):
        parse_authorization(header)


@each_row("header", [None, "Basic c2VjcmV0", "User c2VjcmV0, User c2VjcmV0", "c2VjcmV0"])
def test_a_refusal_starts_as_the_platforms_does_and_tells_no_secret(header):
    with pytest.raises(InvalidCredentialsError) as refusal:
        parse_authorization(header)

    assert str(refusal.value).startswith(
        "Invalid Organization or User secret, or invalid Element token provided."
    )
    assert "c2VjcmV0" not in str(refusal.value)


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(["User", "organization", "Element", " ", ",", "a=", "\u017f", "\xa0", "\r\n"])
        ).map("".join),
    )
)
@example("u\u017fer x")
@example("User " * 10_000)
@example("," * 10_000)
def test_any_header_is_credentials_or_refused(header):
    try:
        sent = parse_authorization(header)
    except InvalidCredentialsError:
        return

    assert any([sent.user, sent.organization, sent.element])


secrets = st.text("ABCxyz019+/=_-.:", min_size=1, max_size=44)


@given(st.dictionaries(st.sampled_from(["User", "Organization", "Element"]), secrets, min_size=1))
def test_secrets_come_out_as_they_went_in(sent):
    header = ", ".join(f"{scheme} {secret}" for scheme, secret in sent.items())

    assert parse_authorization(header) == Authorization(
        **{key.lower(): secret for key, secret in sent.items()}
    )
