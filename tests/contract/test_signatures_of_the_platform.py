"""The signature of a callback against values that openssl made.

The sink is held to the same file, so sender and receiver cannot be wrong together.
"""

import json
from pathlib import Path

import pytest

from elements_local.kit.web.signature import sign

VECTORS = json.loads((Path(__file__).parent / "vectors" / "signatures.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_a_body_is_signed_as_openssl_signs_it(vector):
    assert sign(vector["body"].encode(), vector["key"]) == vector["header"]


def test_there_are_vectors():
    assert len(VECTORS) >= 5
