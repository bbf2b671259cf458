"""The environment by which programs go through a proxy and trust its authority, on top of what is there already.

Nothing is installed in any trust store: the files lie in a folder that goes with the proxy.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from elements_local.clients.errors import OptionError

_BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_FOLDERS = "SSL_CERT_DIR"
_OF_NODE = "NODE_EXTRA_CA_CERTS"
_OF_JAVA = "JAVA_TOOL_OPTIONS"
_OF_PYTHON = "PYTHONPATH"
_CERTIFI = Path(__file__).with_name("trusted_by_python.py")
_STORE_PASSWORD = "changeit"  # noqa: S105 - that of every JDK's own store, which keeps no secret
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_KEYTOOL_S = 60
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class TrustFiles:
    """The files that programs trust.

    Attributes:
        authority: the certificate of the proxy's authority.
        folder: where the others are made.
    """

    authority: Path
    folder: Path

    def bundle(self, variable: str, further: Iterator[str]) -> Path:
        """Return a file of the authority and of all that a program trusts beside it."""
        file = self.folder / f"{variable.lower()}.pem"
        file.write_text("\n".join([self.authority.read_text(encoding="ascii"), *further]), encoding="utf-8")
        return file

    def python_path(self, bundle: Path) -> Path:
        """Return a folder of Python's modules, in which ``certifi`` has a bundle."""
        module = self.folder / "python" / "certifi"
        module.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_CERTIFI, module / "__init__.py")
        shutil.copyfile(bundle, module / "cacert.pem")
        return module.parent

    @cached_property
    def java_store(self) -> Path | None:
        """A trust store of the JDK's authorities and this one; None where there is no JDK.

        Raises:
            OptionError: keytool does not make it.
        """
        keytool = shutil.which("keytool")
        if keytool is None:
            return None
        own = Path(keytool).resolve().parent.parent / "lib" / "security" / "cacerts"
        store = self.folder / "truststore"
        if own.is_file():
            shutil.copyfile(own, store)
            store.chmod(0o600)
        asked = ["-importcert", "-noprompt", "-alias", "elements-local", "-file", str(self.authority)]
        made = subprocess.run(  # noqa: S603 - the JDK's, found by its name on the user's PATH
            [keytool, *asked, "-keystore", str(store), "-storepass", _STORE_PASSWORD],
            capture_output=True,
            text=True,
            check=False,
            timeout=_KEYTOOL_S,
        )
        if made.returncode:
            raise OptionError(f"{keytool} made no trust store for Java: status {made.returncode}")
        return store


def environment(url: str, files: TrustFiles, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a program that calls through a proxy.

    Args:
        url: the proxy's.
        inherited: the program's environment without them: bundles, hosts and options that it names are added to.
    """
    proxies = {name: url for each in ("HTTP_PROXY", "HTTPS_PROXY") for name in (each, each.lower())}
    spared = ",".join(
        dict.fromkeys([*_LOOPBACK, *_named(inherited, "NO_PROXY"), *_named(inherited, "no_proxy")])
    )
    own = {name: str(files.bundle(name, _trusted(name, inherited))) for name in _BUNDLES}
    made = {**proxies, "NO_PROXY": spared, "no_proxy": spared, **own, "NODE_USE_ENV_PROXY": "1"}
    modules = str(files.python_path(Path(own["REQUESTS_CA_BUNDLE"])))
    made[_OF_PYTHON] = os.pathsep.join(filter(None, [modules, inherited.get(_OF_PYTHON, "")]))
    made[_OF_NODE] = str(files.bundle(_OF_NODE, _texts([inherited.get(_OF_NODE, "")])))
    if inherited.get(_FOLDERS):
        made[_FOLDERS] = f"{files.authority.parent}:{inherited[_FOLDERS]}"
    if files.java_store is not None:
        options = [inherited.get(_OF_JAVA, ""), *_java_options(url, files.java_store)]
        made[_OF_JAVA] = " ".join(filter(None, options))
    return made


def _named(inherited: Mapping[str, str], name: str) -> list[str]:
    return [each.strip() for each in inherited.get(name, "").split(",") if each.strip()]


def _trusted(name: str, inherited: Mapping[str, str]) -> Iterator[str]:
    """Yield what a program trusts by a variable: the bundle that is named there, or else the usual authorities."""
    yield from _texts([inherited.get(name) or DEFAULT_CA_BUNDLE_PATH])
    for folder in filter(None, inherited.get(_FOLDERS, "").split(":")):
        yield from _texts(sorted(map(str, Path(folder).glob("*"))))


def _texts(files: list[str]) -> Iterator[str]:
    for file in filter(None, files):
        # one that is not there, or is none, a program would not have read either
        with suppress(OSError, UnicodeDecodeError):
            text = Path(file).read_text(encoding="utf-8")
            if _CERTIFICATE in text:
                yield text


def _java_options(url: str, store: Path) -> Iterator[str]:
    """Yield the options of a JVM: it reads no variables of proxies."""
    proxy = urlsplit(url)
    for scheme in ("http", "https"):
        yield f"-D{scheme}.proxyHost={proxy.hostname}"
        yield f"-D{scheme}.proxyPort={proxy.port}"
    yield "-Dhttp.nonProxyHosts=localhost|127.*|[::1]"
    yield f"-Djavax.net.ssl.trustStore={store}"
    yield f"-Djavax.net.ssl.trustStorePassword={_STORE_PASSWORD}"
