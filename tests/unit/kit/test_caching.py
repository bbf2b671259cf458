"""Caches of what clients send: bounded by bytes over all of them, and the same as without them."""

import tracemalloc
from pathlib import Path

import callback_sink
import elements_local
import mock_insightly
from elements_local.kit.caching import MOST_BYTES, bounded_cache
from elements_local.kit.storage.value_lists import numbered
from elements_local.platform.events.store_notifications import _page_of_topics

PACKAGES = (elements_local, mock_insightly, callback_sink)


def test_all_caches_together_hold_so_many_bytes_however_long_texts_are():
    caches = [bounded_cache(1000)(lambda text: text[1:]) for _ in range(2)]
    tracemalloc.start()
    try:
        for number in range(200):
            for cache in caches:
                assert cache(text := f"{number}".ljust(200_000)) == text[1:]
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < MOST_BYTES  # of eighty million


def test_short_results_are_kept():
    calls = []
    cache = bounded_cache(100)(lambda text, *, twice: calls.append(text) or text * (1 + twice))

    assert {cache(f"{number % 50}", twice=True) for number in range(200)} == {f"{n}{n}" for n in range(50)}
    assert len(calls) == 50


def test_lists_of_many_lengths_share_a_few_statements():
    assert len({id(_page_of_topics(count)) for count in range(1, 1025)}) == 11
    assert numbered("id", [7, 8, 9]) == {"id_0": 7, "id_1": 8, "id_2": 9, "id_3": 9}


def test_nothing_else_counts_entries_alone():
    modules = [path for each in PACKAGES for path in Path(each.__file__).parent.rglob("*.py")]
    users = {path.name for path in modules if "lru_cache" in path.read_text("utf-8")}

    assert users == {"caching.py"}
