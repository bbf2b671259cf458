"""What differs between the versions of Insightly's API, as an instance's ``base.url`` names them. Pure."""


def is_version_3(base_url: str) -> bool:
    """Say whether calls go to version 3.1: flat records, partial updates, search by field (documented)."""
    return "/v3.1" in base_url
