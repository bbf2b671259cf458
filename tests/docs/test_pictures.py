"""The pictures of how polling decides are those that the present code draws."""

import pytest
from pictures import IMAGES, PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_polls_and_attempts_come_to(name):
    assert (IMAGES / name).read_text("utf-8") == PICTURES[name](), "poe pictures"
