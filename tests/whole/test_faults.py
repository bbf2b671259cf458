"""Faults that strike a whole stack: what was owed comes once they are over, and nothing is half done."""

import gzip
import os
import socket
import subprocess
from contextlib import closing, suppress
from threading import Event, Thread

import pytest
from programs import find_program

from elements_local.clients.errors import OptionError
from elements_local.clients.guide import instance_body
from elements_local.start import Options, in_process

IMPATIENT = {"ELEMENTS_LOCAL_PLATFORM_CALLBACK_TIMEOUT": "1"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
PIECE = b"x" * 65536
LARGE = 80 * 1024 * 1024


def drips(connection, over):
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    while not over.wait(0.05):
        connection.sendall(b"x")


def is_endless(connection, over):
    connection.sendall(HEAD + b"\r\n")
    while not over.is_set():
        connection.sendall(PIECE)


def is_compressed(connection, _over):
    packed = gzip.compress(bytes(LARGE))
    connection.sendall(
        HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed
    )


@pytest.fixture
def receiver():
    """Return a function that serves a receiver: the first callback it answers in a way of its own, the others well."""
    over, came, listener = Event(), [], socket.create_server(("127.0.0.1", 0))

    def serve(bad):
        def answer(connection, first):
            with closing(connection), suppress(OSError):
                if first:
                    bad(connection, over)
                else:
                    connection.sendall(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")

        def accept():
            with suppress(OSError):
                while True:
                    connection = listener.accept()[0]
                    came.append(connection.recv(65536))
                    Thread(target=answer, args=(connection, len(came) == 1), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/hook"

    yield serve, came
    over.set()
    listener.close()


@pytest.mark.parametrize("bad", [drips, is_endless, is_compressed], ids=lambda bad: bad.__name__)
def test_a_receiver_that_never_answers_rightly_fails_one_attempt_and_gets_its_callback_by_the_next(
    receiver, bad
):
    serve, came = receiver
    with in_process(Options(environment=IMPATIENT)) as stack:
        clients = stack.workspace()
        other = clients.platform.create_instance(instance_body(clients.credentials))
        body = instance_body(clients.credentials)
        body["configuration"]["event.notification.callback.url"] = serve(bad)
        mine = clients.platform.create_instance(body)
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        clients.clock.advance("16m")
        audits = [clients.platform.audit(each["id"]) for each in (mine, other)]

    assert len(came) == 2
    assert [[len(audit[kind]) for kind in ("reported", "late", "lost")] for audit in audits] == [
        [0, 1, 0],
        [1, 0, 0],
    ]


@pytest.fixture
def read_only():
    """Return a function that makes a directory one that nobody writes to."""
    mounted = []

    def make(folder):
        if os.geteuid():
            for each in (folder, *folder.iterdir()):
                each.chmod(0o555 if each.is_dir() else 0o444)
            return
        for options in (["--bind", folder, folder], ["-o", "remount,ro,bind", folder]):
            done = subprocess.run(
                [find_program("mount"), *options], capture_output=True, text=True, check=False
            )
            if done.returncode:
                pytest.skip(f"needs the right to mount: {done.stderr.strip()}")
            mounted.append(folder)

    yield make
    for folder in mounted[:1]:
        subprocess.run([find_program("umount"), folder], check=True)


def test_a_directory_that_cannot_be_written_to_is_named_and_left_as_it_is(tmp_path, read_only):
    folder = tmp_path / "kept"
    with in_process(Options(data=folder)) as stack:
        stack.workspace().crm.create("Contacts", {"FIRST_NAME": "Ada"})
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    read_only(folder)

    with pytest.raises(OptionError) as refused, in_process(Options(data=folder)):
        pytest.fail("it was written to")

    assert str(refused.value).startswith(f"--data {folder} cannot be used (")
    assert "choose a directory that can be written to" in str(refused.value)
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
