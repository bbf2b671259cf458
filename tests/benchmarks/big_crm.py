"""A CRM with ten thousand and with a million contacts: a poll's search, a record by id, and the process's memory.

The ratio of the two sizes is what counts: what a poll costs should follow from what has changed, not from what is stored.
Run with ``poe bench-crm``, as a million of each of four kinds take some ten minutes to seed, or by itself with
other sizes: ``python tests/benchmarks/big_crm.py 10000 100000``.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from running import resident_mib, seed, up

SIZES = (10_000, 1_000_000)
ROUNDS = 300
LATEST = 10
KEY = "00000000-0000-4000-a000-000000000001"


def main(*sizes: int) -> None:
    """Measure and print; the calls to the sizes take turns, so that whatever else the machine does hits both."""
    with ExitStack() as stacks:
        crms = [stacks.enter_context(filled(size)) for size in sizes or SIZES]
        for name in crms[0].urls:
            few, *more = medians([crm.urls[name] for crm in crms])
            print(f"  {name:<40}{few * 1000:9.2f} ms")  # noqa: T201
            for seconds in more:
                print(f"  {'':<40}{seconds * 1000:9.2f} ms  {seconds / few:5.2f} x the first")  # noqa: T201
        for crm in crms:
            print(f"  {crm.size} contacts: {resident_mib(crm.pid):.0f} MiB of memory")  # noqa: T201


@dataclass(frozen=True, kw_only=True)
class Crm:
    """A CRM with so many contacts.

    Attributes:
        urls: what is called -> where.
    """

    size: int
    pid: int
    urls: Mapping[str, str]


@contextmanager
def filled(size: int) -> Iterator[Crm]:
    """Yield a running CRM with so many contacts, and ten that were added last."""
    with tempfile.TemporaryDirectory() as folder, up("--data", folder) as served:
        start = time.perf_counter()
        seed(served.clients.crm, size)
        spent = time.perf_counter() - start
        disk = f"{disk_mb(Path(folder))} MB on disk"
        print(f"{size} contacts and as many of three other kinds: seeded in {spent:.0f} s, {disk}")  # noqa: T201
        contacts = f"{served.clients.crm.url}/v3.1/Contacts"
        changed = [created(contacts) for _ in range(LATEST)]
        search = f"{contacts}/Search?updated_after_utc=2026-03-02T09:59:59Z"
        assert len(requests.get(search, auth=(KEY, ""), timeout=60).json()) == LATEST
        urls = {f"the {LATEST} latest changes": search, "one of those by id": f"{contacts}/{changed[-1]}"}
        yield Crm(size=size, pid=served.pid, urls=urls)


def created(contacts: str) -> int:
    """Add a contact."""
    made = requests.post(contacts, json={"FIRST_NAME": "Ada"}, auth=(KEY, ""), timeout=60).json()
    number: int = made["CONTACT_ID"]
    return number


def medians(urls: list[str]) -> list[float]:
    """Return the median time of a call to each of several addresses."""
    sessions = [requests.Session() for _ in urls]
    taken: list[list[float]] = [[] for _ in urls]
    for _ in range(ROUNDS):
        for session, url, mine in zip(sessions, urls, taken, strict=True):
            start = time.perf_counter()
            assert session.get(url, auth=(KEY, ""), timeout=60).status_code == 200
            mine.append(time.perf_counter() - start)
    return [statistics.median(mine) for mine in taken]


def disk_mb(folder: Path) -> int:
    """Return what the files of a folder hold."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 1024**2


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
