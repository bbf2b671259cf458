"""What many routes read of a path, and answer."""

from mock_kit.api.operations import Answer


def whole_id(text: str) -> int | None:
    """Return an id out of a path, or None if it is none that anything has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def done() -> Answer[None]:
    """Answer 200 with nothing (observed for deletes)."""
    return Answer(None)
