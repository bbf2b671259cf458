"""Values that follow from a seed: the same for ever, and different for every label."""

import re
from uuid import UUID

from each_row import each_row
from hypothesis import assume, given
from hypothesis import strategies as st

from elements_local.kit import seeded

labels = st.lists(st.text(st.characters(codec="utf-8"), max_size=8) | st.integers(), max_size=4).map(tuple)


@each_row(
    ("labels", "expected"),
    {
        "no label": ((), "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"),
        "one label": (("user",), "84fe9010ecde0f01988238b468fb2e93644c9f9f83ce64ccc4c87051cfe482ce"),
        "several labels": (
            ("default", "lead", 7),
            "2583b5c7fcae1d102d7d0f744ec15a66e3a6bcb72fb663e147f8c38eecba9210",
        ),
        "a label beyond ASCII": (
            ("größe",),
            "05534f0b4cc8867c6b73928b3e5eb1efc1e2abb6c1a423eea37e8e88f43f85fa",
        ),
        "a slash, escaped": (("a/b",), "d7295a12c85dc857db62a76002426f510100bb8d2c72a1c417adc0c0306830f9"),
        "a backslash, escaped": (
            ("a\\b",),
            "37f2c5838146e15d7f91c7370ff480565c21c70acf6e9c88d886767b4c38eb32",
        ),
    },
)
def test_a_digest_is_sha_256_of_seed_and_labels(labels, expected):
    """Pinned, as by ``printf '0' | sha256sum``: exports and scenarios rely on the same bytes from version to version."""
    assert seeded.digest(0, *labels).hex() == expected


@given(st.integers(), labels, st.integers(), labels)
def test_another_seed_or_another_label_gives_other_bytes(seed, these, other_seed, others):
    assume((seed, *map(str, these)) != (other_seed, *map(str, others)))

    assert seeded.digest(seed, *these) != seeded.digest(other_seed, *others)


@each_row(
    ("these", "others"),
    {
        "a slash in a label": (("a/b",), ("a", "b")),
        "a slash at an edge": (("a/", "b"), ("a", "/b")),
        "a backslash before the joint": (("a\\", "b"), ("a\\/b",)),
        "an empty label": (("",), ()),
        "an empty label elsewhere": (("", "a"), ("a", "")),
    },
)
def test_where_one_label_ends_and_the_next_begins_counts(these, others):
    assert seeded.digest(0, *these) != seeded.digest(0, *others)


@given(st.integers(), labels, st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_a_number_lies_within_its_bounds(seed, these, low, width):
    assert low <= seeded.number(seed, *these, low=low, high=low + width) < low + width


def test_a_number_reaches_both_of_its_ends():
    drawn = {seeded.number(seed, low=3, high=6) for seed in range(100)}

    assert drawn == {3, 4, 5}


def test_numbers_are_spread_evenly():
    drawn = [seeded.number(1, nth, low=0, high=10) for nth in range(10_000)]

    assert all(900 < drawn.count(digit) < 1100 for digit in range(10))


@given(st.integers(), labels)
def test_a_token_is_44_characters_of_base64(seed, these):
    assert re.fullmatch(r"[A-Za-z0-9+/]{43}=", seeded.base64_token(seed, *these))


@given(st.integers(), labels, st.integers(1, 43))
def test_url_safe_text_needs_no_escaping(seed, these, length):
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{{length}}}", seeded.url_safe(seed, *these, length=length))


@given(st.integers(), labels)
def test_a_guid_is_one_of_version_4(seed, these):
    text = seeded.guid(seed, *these)

    assert (UUID(text).version, UUID(text).variant) == (4, "specified in RFC 4122")
    assert str(UUID(text)) == text
