"""How much is tried: a few seeded examples in every check, many fresh ones in ``poe nightly``."""

import os

LONG = "ELEMENTS_LOCAL_TEST_LONG" in os.environ
"""Whether there is all night."""


def examples(count: int) -> int:
    """Return how many examples to draw where a check draws so many."""
    return count * 20 if LONG else count
