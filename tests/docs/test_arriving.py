"""The page *What arrives* shows what a stack sends, byte for byte, and every kind of it."""

from arriving import FOLDER, captured
from doc_pages import of_kind


def test_the_bodies_of_the_page_are_those_that_a_stack_sends():
    kept = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}

    assert kept == captured(), "poe arriving renews them"


def test_every_captured_body_is_on_the_page():
    shown = {block.name for block in of_kind("file") if block.page.name == "arriving.md"}

    assert shown == {f"docs/examples/arriving/{file.name}" for file in FOLDER.iterdir()}
