"""The platform's Authorization header, in every form that the guides show and some that they do not."""

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.platform.core.callers import Authorization, parse_authorization
from elements_local.platform.errors import InvalidCredentialsError

USER = "aB3+/x0Lm9QzYt7Kc2VwRf5Jh8Nd1Gs4Pe6Uu+/TiAo="
ORGANIZATION = "0123456789abcdef0123456789abcdef"
BOTH = Authorization(user="u", organization="o")
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
        "any case": ("user u, ORGANIZATION o", BOTH),
        "no blank after the comma": ("User u,Organization o", BOTH),
        "many blanks around the comma": ("User u  ,   Organization o", BOTH),
        "many blanks after the scheme": ("User   u, Organization  o", BOTH),
        "blanks around it all": ("  User u, Organization o\t", BOTH),
        "what signing in gave, for the user": ("BEARER  t", Authorization(bearer="t")),
    },
)
def test_a_header_carries_its_secrets(header, secrets):
    assert parse_authorization(header) == secrets


GARBLED = 'header was garbled. Expected "User <secret>, Organization'


@each_row(
    ("header", "says"),
    {
        "none": (None, "There was no Authorization header"),
        "an empty one": ("", "There was no Authorization header"),
        "a blank": (" ", GARBLED),
        "a comma at the end": ("User c2VjcmV0,", GARBLED),
        "two commas": ("User c2VjcmV0,, Organization o", GARBLED),
        "a scheme alone": ("User", GARBLED),
        "a tab after the scheme": ("User\tc2VjcmV0", GARBLED),
        "no blank after the scheme": ("Userc2VjcmV0", GARBLED),
        "no comma": ("User c2VjcmV0 Organization o", GARBLED),
        "a colon": ("User: c2VjcmV0", GARBLED),
        "a secret with a blank": ("User c2VjcmV0 v", GARBLED),
        "Basic": ("Basic c2VjcmV0", GARBLED),
        "a long s": ("U\u017fer c2VjcmV0", GARBLED),
        "an i without a dot": ("Organ\u0131zation o", GARBLED),
        "an I with one": ("User u, Organi\u0130zation o", GARBLED),
        "a secret alone": ("c2VjcmV0", GARBLED),
        "User twice": ("User c2VjcmV0, User c2VjcmV0", "names User twice"),
        "User in two cases": ("User c2VjcmV0, user v", "names user twice"),
        "Element twice, not side by side": ("Element e, User u, ELEMENT f", "names ELEMENT twice"),
        "Organization twice": ("Organization o,Organization o", "names Organization twice"),
        "a user, and what stands for one": ("User u, Element e, Bearer t", "names both User and Bearer"),
    },
)
def test_a_refusal_starts_as_the_platforms_does_says_why_and_tells_no_secret(header, says):
    with pytest.raises(InvalidCredentialsError) as refusal:
        parse_authorization(header)

    assert str(refusal.value).startswith(
        "Invalid Organization or User secret, or invalid Element token provided."
    )
    assert says in str(refusal.value)
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


@given(st.permutations(["User", "Organization", "Element"]), st.lists(secrets, min_size=1, max_size=3))
def test_secrets_come_out_as_they_went_in_whatever_their_order(schemes, given_secrets):
    sent = dict(zip(schemes, given_secrets, strict=False))
    header = ", ".join(f"{scheme} {secret}" for scheme, secret in sent.items())

    assert parse_authorization(header) == Authorization(
        **{key.lower(): secret for key, secret in sent.items()}
    )
