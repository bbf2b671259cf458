"""What is typed into a search of the dashboard."""

from each_row import each_row
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as some

from elements_local.dashboard.lists import SearchWords, search_words

FILTERS = {"status", "objectType"}


@each_row(
    ("typed", "text", "wanted", "unwanted"),
    [
        ("Ada  King", "Ada  King", {}, []),
        ("2026-03-02 a-b", "2026-03-02 a-b", {}, []),
        ('{"NAME": "Ada"}', '{"NAME": "Ada"}', {}, []),
        ("http://x status:503", "http://x", {"status": "503"}, []),
        ("-King Ada -x:y", "Ada", {}, [("q", "King"), ("q", "x:y")]),
        ('-"two words" -objectType:leads', "", {}, [("q", "two words"), ("objectType", "leads")]),
        ('status:"" - -""', 'status:"" - -""', {}, []),
    ],
)
def test_words_are_told_apart(typed, text, wanted, unwanted):
    assert search_words(typed, FILTERS) == SearchWords(text, wanted, unwanted)


@settings(max_examples=examples(200))
@given(some.text(some.sampled_from('a-:" \t{}')))
def test_nothing_that_is_typed_is_lost(typed):
    words = search_words(typed, {"a"})

    found = "".join([words.text, *words.wanted, *words.wanted.values(), *map(":".join, words.unwanted)])
    assert words.wanted or found.count("a") == typed.count("a")
    assert all(value for _, value in words.unwanted)
    assert all(words.wanted.values())
