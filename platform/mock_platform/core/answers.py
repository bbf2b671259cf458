"""What many routes answer."""

from mock_kit.api.operations import Answer


def done() -> Answer[None]:
    """Answer 200 with nothing (observed for deletes)."""
    return Answer(None)
