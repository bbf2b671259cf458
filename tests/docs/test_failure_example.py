"""What the page of testing shows below a test that fails is what pytest prints there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from doc_pages import ROOT, of_kind

SAME = {r"\b\d{6,}\b": "<id>", r"\bws-[0-9a-f]{12}\b": "<workspace>", r"127\.0\.0\.1:\d+": "<address>"}
"""What is another one each time."""


def compared(text: str) -> str:
    for pattern, name in SAME.items():
        text = re.sub(pattern, name, text)
    return text


@pytest.mark.parametrize("block", of_kind("printed"), ids=str)
def test_a_section_is_printed_as_the_page_has_it(block, tmp_path: Path) -> None:
    shutil.copyfile(ROOT / block.name, tmp_path / "test_it.py")

    done = subprocess.run(
        [sys.executable, "-m", "pytest"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    section = done.stdout.partition("- elements-local -")[2].partition("\n")[2]
    assert compared(section).startswith(compared(block.text)), done.stdout
