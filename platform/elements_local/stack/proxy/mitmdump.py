"""mitmdump, which is mitmproxy's: found, looked at, run for as long as a program needs it, with an authority of its own."""

import json
import os
import re
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic
from types import MappingProxyType

from elements_local.clients.errors import OptionError
from elements_local.kit.os_errors import os_reason
from elements_local.platform.elements.hosts import HOST, host_pattern
from elements_local.stack.proxy import trust
from elements_local.stack.stack import Stack

PROGRAM = "mitmdump"
OLDEST = 11
"""The first major version that it was tried with."""
INSTALL = "`pipx install mitmproxy` or `uv tool install mitmproxy` installs it"
_ADDON = Path(__file__).with_name("addon.py")
_KNOWN = "ELEMENTS_LOCAL_PROXY"
"""The variable that the addon reads."""
_START_S = 60.0
_BETWEEN_LOOKS_S = 0.05
_STOP_S = 5.0


class ProxyError(OptionError):
    """mitmdump is missing, too old, or does not start; says what to do."""


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A running proxy.

    Attributes:
        url: of the proxy.
        files: what programs trust, which goes with the proxy.
    """

    url: str
    files: trust.TrustFiles
    _refused: Path

    @property
    def ca_file(self) -> Path:
        """The certificate of its authority, as PEM."""
        return self.files.authority

    def environment(self, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return what a program has in its environment to reach the proxy and to trust it.

        Args:
            inherited: the program's environment without it: what is named there is added to.
        """
        return trust.environment(self.url, self.files, inherited)

    def refused(self) -> Counter[str]:
        """Return the hosts that were refused, with how often each was."""
        if not self._refused.is_file():
            return Counter()
        return Counter(json.loads(line) for line in self._refused.read_text(encoding="utf-8").splitlines())


def find() -> str:
    """Return the path of mitmdump.

    Raises:
        ProxyError: it is not on the PATH, or too old.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise ProxyError(f"{PROGRAM} is not on the PATH; {INSTALL}")
    try:
        shown = subprocess.run(  # noqa: S603 - found by its name on the user's PATH
            [program, "--version"], capture_output=True, text=True, check=False, timeout=_START_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "it does not end"
        raise ProxyError(f"{program} --version cannot be run: {reason}") from error
    found = re.search(r"^Mitmproxy: (\d+)\.", shown.stdout, re.MULTILINE)
    if found is None:
        raise ProxyError(f"{program} --version does not say a version of mitmproxy; {INSTALL}")
    if int(found[1]) < OLDEST:
        raise ProxyError(f"{program} is of mitmproxy {found[1]}, and {OLDEST} or newer is needed; {INSTALL}")
    return program


@contextmanager
def proxy(
    stack: Stack,
    *,
    tunneled: Sequence[str] = (),
    remedy: str = "",
    variables: Mapping[str, str] = MappingProxyType({}),
    ended: Callable[[str], None] = lambda _why: None,
) -> Iterator[Proxy]:
    """Run mitmdump before a stack; with the block it ends, and its authority is gone.

    Args:
        tunneled: hosts whose calls pass, unread; ``*`` stands for one label.
        remedy: what a refusal of another host says to do; ``{host}`` stands for the host.
        variables: what its own environment has beside, such as another time, by which its certificates are valid.
        ended: is called from another thread, with a sentence, if it ends before the block does.

    Raises:
        ProxyError: it is missing, too old, or does not start; or a host is none.
    """
    for host in tunneled:
        if not HOST.fullmatch(host):
            raise ProxyError(f"expected a host such as api.vendor.example or *.vendor.example; got {host!r}")
    program = find()
    with TemporaryDirectory(prefix="elements-local-proxy-") as name:
        folder = Path(name)
        port, refused, log = _free_port(), folder / "refused", folder / "log"
        known = {
            "hosts": list(stack.played_hosts().items()),
            "own": list(stack.addresses.running.values()),
            "tunneled": list(tunneled),
            "remedy": remedy,
            "refused": str(refused),
        }
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - as above
                [program, *_options(folder, port, tunneled)],
                env={**os.environ, **variables, _KNOWN: json.dumps(known)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # a signal for the program is not for it: it goes last
                start_new_session=True,
            )
        authority = folder / "mitmproxy-ca-cert.pem"
        stopping = Event()
        try:
            _wait(process, port, authority, log)
            Thread(target=_watch, args=(process, stopping, ended), daemon=True).start()
            yield Proxy(
                url=f"http://127.0.0.1:{port}", files=trust.TrustFiles(authority, folder), _refused=refused
            )
        finally:
            stopping.set()
            _stop(process)


def _options(folder: Path, port: int, tunneled: Sequence[str]) -> list[str]:
    settings = {
        "confdir": str(folder),
        # nothing of a host is asked for before a call is sent to the stack: it may not be there
        "connection_strategy": "lazy",
        "upstream_cert": "false",
    }
    options = ["--quiet", "--listen-host", "127.0.0.1", "--listen-port", str(port), "--scripts", str(_ADDON)]
    options += [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    if tunneled:
        options += ["--ignore-hosts", rf"^(?:{host_pattern(tunneled).pattern}):\d+$"]
    return options


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port: int = listening.getsockname()[1]
    return port


def _wait(process: "subprocess.Popen[bytes]", port: int, authority: Path, log: Path) -> None:
    """Wait until it answers and has made its authority.

    Raises:
        ProxyError: it ended, or takes too long.
    """
    until = monotonic() + _START_S
    while monotonic() < until:
        with suppress(subprocess.TimeoutExpired):
            status = process.wait(_BETWEEN_LOOKS_S)
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise ProxyError(f"{PROGRAM} ended with status {status}: {''.join(said) or 'it said nothing'}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            if authority.is_file():
                return
    raise ProxyError(f"{PROGRAM} did not answer within {_START_S:g} s")


def _watch(process: "subprocess.Popen[bytes]", stopping: Event, ended: Callable[[str], None]) -> None:
    status = process.wait()
    if not stopping.is_set():
        ended(f"{PROGRAM} has ended with status {status}: calls of the program reach nothing any more")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
