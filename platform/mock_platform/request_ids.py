"""Request ids: 24 hexadecimal digits, on every answer and in every error.

Source: they have the look of MongoDB's object ids (observed): the time in seconds, then what tells apart.
"""

from datetime import datetime
from itertools import count

from mock_kit import seeded


class RequestIds:
    """Hands out ids that no two requests of a stack share.

    Args:
        start: tells one start of the same stack from another, since counting begins anew.
    """

    def __init__(self, start: int) -> None:
        self._start = start
        self._count = count(1)

    def next(self, now: datetime) -> str:
        """Return the id of a request that comes now."""
        return f"{int(now.timestamp()) & 0xFFFFFFFF:08x}" + seeded.hexadecimal(
            self._start, "request", next(self._count), length=16
        )
