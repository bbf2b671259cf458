"""What a program's environment has by which it goes through a proxy: added to what is there, and nothing beside it lost."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from elements_local.stack.proxy.trust import TrustFiles, environment

URL = "http://127.0.0.1:8899"
OURS = "-----BEGIN CERTIFICATE-----\nours\n-----END CERTIFICATE-----\n"
THEIRS = OURS.replace("ours", "theirs")
BUNDLES = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Return a function that makes the environment on top of one, without a JDK."""
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = tmp_path / "proxy"
    folder.mkdir()
    authority = folder / "authority.pem"
    authority.write_text(OURS)
    return lambda **inherited: environment(URL, TrustFiles(authority, folder), inherited)


@pytest.fixture
def bundle(tmp_path):
    file = tmp_path / "theirs.pem"
    file.write_text(THEIRS)
    return file


def read(path):
    return Path(path).read_text()


def test_proxies_are_named_in_both_cases_and_this_machine_is_spared(made):
    found = made()

    assert {found[name] for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")} == {URL}
    assert found["NO_PROXY"] == found["no_proxy"] == "localhost,127.0.0.1,::1"
    assert found["NODE_USE_ENV_PROXY"] == "1"


def test_hosts_that_were_spared_before_still_are(made):
    found = made(NO_PROXY="db.internal, localhost", no_proxy=".corp")

    assert found["NO_PROXY"] == found["no_proxy"] == "localhost,127.0.0.1,::1,db.internal,.corp"


@pytest.mark.parametrize("name", BUNDLES)
def test_without_a_bundle_the_usual_authorities_are_trusted_too(made, name):
    text = read(made()[name])

    assert text.startswith(OURS)
    assert text.count("BEGIN CERTIFICATE") > 100


@pytest.mark.parametrize("name", [*BUNDLES, "NODE_EXTRA_CA_CERTS"])
def test_a_bundle_that_is_named_is_added_to_and_left_as_it_is(made, bundle, name):
    found = made(**{name: str(bundle)})

    assert read(found[name]).split() == (OURS + THEIRS).split()
    assert bundle.read_text() == THEIRS


@pytest.mark.parametrize("name", [*BUNDLES, "NODE_EXTRA_CA_CERTS"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"no certificate"], ids=["none", "binary", "text"])
def test_a_bundle_that_is_none_adds_nothing(made, tmp_path, name, content):
    file = tmp_path / "strange"
    if content is not None:
        file.write_bytes(content)

    assert read(made(**{name: str(file)})[name]).split() == OURS.split()


def test_a_folder_of_certificates_is_added_to_and_in_the_bundles_too(made, tmp_path, bundle):
    folder = tmp_path / "certs"
    folder.mkdir()
    shutil.copyfile(bundle, folder / "one.pem")
    (folder / "two.der").write_bytes(b"\x30\x82\xff")
    found = made(SSL_CERT_DIR=f"{folder}:/nowhere", SSL_CERT_FILE=str(bundle))

    assert found["SSL_CERT_DIR"] == f"{tmp_path / 'proxy'}:{folder}:/nowhere"
    assert read(found["SSL_CERT_FILE"]).split() == (OURS + THEIRS + THEIRS).split()


def test_python_s_certifi_is_the_bundle_of_requests(made, bundle):
    found = made(REQUESTS_CA_BUNDLE=str(bundle), PYTHONPATH="/theirs")
    first, *others = found["PYTHONPATH"].split(os.pathsep)
    program = "import certifi, sys; sys.stdout.write(certifi.contents()); assert certifi.where().startswith(sys.argv[1])"
    said = subprocess.run(
        [sys.executable, "-c", program, first], env=found, check=True, capture_output=True, text=True
    ).stdout

    assert others == ["/theirs"]
    assert said.split() == (OURS + THEIRS).split()


def test_a_folder_that_is_not_named_is_not_made_up(made):
    assert "SSL_CERT_DIR" not in made()


def test_without_a_jdk_nothing_is_said_to_java(made):
    assert "JAVA_TOOL_OPTIONS" not in made(JAVA_TOOL_OPTIONS="-Xmx1g")


def test_options_of_java_are_added_to(made, tmp_path):
    keytool = tmp_path / "keytool"
    keytool.write_text("#!/bin/sh\nexit 0\n")
    keytool.chmod(0o755)
    options = made(JAVA_TOOL_OPTIONS="-Xmx1g")["JAVA_TOOL_OPTIONS"].split()

    assert options[0] == "-Xmx1g"
    assert "-Dhttps.proxyPort=8899" in options
    assert f"-Djavax.net.ssl.trustStore={tmp_path / 'proxy' / 'truststore'}" in options


def test_a_keytool_that_fails_is_told(made, tmp_path):
    keytool = tmp_path / "keytool"
    keytool.write_text("#!/bin/sh\nexit 3\n")
    keytool.chmod(0o755)

    with pytest.raises(Exception, match="made no trust store for Java: status 3"):
        made()
