"""What ``certifi`` is to a program behind the proxy: the same functions, of a bundle that has the proxy's authority, too.

``requests`` passes the environment's bundles by where a program sends a prepared request, as Airbyte's and Singer's
connectors do, and trusts certifi's file alone.
"""

from pathlib import Path

__all__ = ["contents", "where"]
__version__ = "9999.1.1"


def where() -> str:
    """Return the path of the bundle."""
    return str(Path(__file__).with_name("cacert.pem"))


def contents() -> str:
    """Return the bundle."""
    return Path(where()).read_text(encoding="utf-8")
