"""How long something takes on the machine, also while freezegun holds the process's time.

The one module of the harness that reads the machine's counter: ``held_time`` tells freezegun to leave it as it is.
"""

from time import perf_counter


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._began = perf_counter()

    @property
    def seconds(self) -> float:
        """The real seconds since then."""
        return perf_counter() - self._began
