"""What opens a workspace: secrets that stand in the documentation, that follow from a seed, or that nobody can know."""

import secrets
from base64 import b64encode
from dataclasses import dataclass
from uuid import uuid4

from elements_local.kit.workspaces import seeded


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What opens a workspace.

    Attributes:
        organization_secret: 32 hexadecimal digits.
        user_secret: 44 characters of base64.
        crm_api_key: a GUID.
    """

    organization_secret: str
    user_secret: str
    crm_api_key: str


DOCUMENTED = Secrets(
    organization_secret="0123456789abcdef0123456789abcdef",  # noqa: S106 - documented
    user_secret="ZWxlbWVudHMtbG9jYWwgZGVmYXVsdCB1c2VyIHNlYyE=",  # noqa: S106 - documented
    crm_api_key="00000000-0000-4000-a000-000000000001",
)
"""Those of the default workspace, unless others can reach the stack."""


def seeded_secrets(seed: int, name: str) -> Secrets:
    """Return secrets that follow from a seed and a name, as do a workspace's other values."""
    return Secrets(
        organization_secret=seeded.hexadecimal(seed, name, "organization", length=32),
        user_secret=seeded.base64_token(seed, name, "user"),
        crm_api_key=seeded.guid(seed, name, "crm"),
    )


def random_secrets() -> Secrets:
    """Return secrets that nobody can know."""
    return Secrets(
        organization_secret=secrets.token_hex(16),
        user_secret=b64encode(secrets.token_bytes(32)).decode(),
        crm_api_key=str(uuid4()),
    )
