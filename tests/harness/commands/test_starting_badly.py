"""What a stack cannot be started with is said in one sentence with its cure, and nothing is harmed."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from command import call
from deadline import DEADLINE_S
from processes import FREE_PORTS, PROGRAM
from programs import find_program
from sqlalchemy import NullPool, create_engine, make_url

from elements_local.clients.errors import OptionError
from elements_local.clients.guide import instance_body
from elements_local.kit.web.serving import listen
from elements_local.start import Options, in_process

FILE = "elements-local.sqlite3"


def refusal(*options: str | Path) -> str:
    """Return the one sentence that is said; the exit status is 2."""
    return sentence(call("up", *FREE_PORTS, *options))


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stdout) == (2, ""), done
    (line,) = done.stderr.removeprefix("elements-local is starting\n").strip().splitlines()
    return line.removeprefix("elements-local: ")


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A directory with what a stack left, a contact among it."""
    with in_process(Options(data=tmp_path / "kept")) as stack:
        clients = stack.workspace()
        clients.platform.create_instance(instance_body(clients.credentials))
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    return tmp_path / "kept"


def text(path: Path) -> None:
    path.write_text(
        "Dear diary, this is long enough to be taken for the first bytes of something else.\n" * 20
    )


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def overwritten(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[8192:12288] = b"x" * 4096
    path.write_bytes(whole)


def foreign(path: Path) -> None:
    path.unlink()
    changed(path, "CREATE TABLE users (name TEXT)")


DAMAGES = {
    "no database": (text, "is not a database; move it away"),
    "truncated": (truncated, "is damaged"),
    "overwritten": (overwritten, "is damaged"),
    "another program's": (foreign, "is another program's: it has the tables users; choose another place"),
    "another version's": (
        lambda path: changed(path, "UPDATE kit_schema_versions SET version = '0.0.9'"),
        "were made by elements-local 0.0.9, and this is elements-local 0.",
    ),
    "a clock that is none": (
        lambda path: changed(path, "UPDATE kit_workspaces SET clock_mode = 'lunar'"),
        "is damaged (a workspace cannot be read)",
    ),
    "an instant beyond the calendar": (
        lambda path: changed(path, "UPDATE kit_workspaces SET clock_now = 1000000000000000000"),
        "is damaged (a workspace cannot be read",
    ),
}


def test_a_database_that_cannot_be_used_is_named_and_left_as_it_is(kept):
    whole = (kept / FILE).read_bytes()
    for damage, said in DAMAGES.values():
        (kept / FILE).write_bytes(whole)
        damage(kept / FILE)
        before = (kept / FILE).read_bytes()

        line = refusal("--data", kept)

        assert line.startswith(f"--data {kept}")
        assert said in line
        assert (kept / FILE).read_bytes() == before


NOWHERE = {
    ("--data", "/proc/nowhere"): "/proc/nowhere cannot be used",
    ("--data", "/dev/null/x"): "cannot be used (a part of the path is not a directory)",
    ("--database", "sqlite:////nowhere/x"): "cannot be opened",
    ("--database", "postgresql+psycopg://u:hush@127.0.0.1:1/x"): "********@127.0.0.1:1/x cannot be reached",
    ("--database", "postgres://u:hush@127.0.0.1:1/x"): "********@127.0.0.1:1/x cannot be reached",
    ("--database", "postgresql://u:hush@h:port/x"): "********@h:port/x' is not a URL of a database",
    ("--database", "postgresql+psycopg2://u:hush@h/x"): "is not a URL of a database that keeps a stack",
    ("--database", "mysql://u:hush@h/x"): "expected one such as postgresql+psycopg://user:password@host/name",
}


def test_what_leads_nowhere_is_named():
    for options, said in NOWHERE.items():
        line = refusal(*options)

        assert said in line
        assert "hush" not in line


def test_a_port_in_use_is_named():
    listener = listen("127.0.0.1", 0)
    with closing(listener):
        port = listener.getsockname()[1]
        done = call("up", "--crm-port", "0", "--sink-port", "0", "--platform-port", str(port))

    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port} (" in done.stderr
    assert "choose another port" in done.stderr


def test_a_directory_in_use_has_one_owner_who_is_named(kept):
    with in_process(Options(data=kept)):
        program = [PROGRAM, "up", *FREE_PORTS, "--data", kept]
        line = sentence(subprocess.run(program, capture_output=True, text=True, check=False))
        anew = refusal("--data", kept, "--fresh")
        with pytest.raises(OptionError, match="is in use"), in_process(Options(data=kept)):
            pytest.fail("it has two owners")

    assert anew == line
    assert line.startswith(f"--data: {kept} is in use by process {os.getpid()}; stop that one")
    with in_process(Options(data=kept)) as stack:
        assert len(stack.workspace().crm.call("GET", "/v3.1/Contacts")) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder in which nobody can make a file")
@pytest.mark.parametrize("place", ["/proc/x.db", "/proc/1/x.sqlite3", "/sys/kernel/x.db"])
def test_a_folder_in_which_no_file_can_be_made_is_not_called_one_in_use(place):
    line = refusal("--database", f"sqlite:///{place}")

    assert line.startswith(f"--database sqlite:///{place} cannot be used (")
    assert "in use by" not in line


def test_no_url_of_a_database_is_said_to_be_none():
    assert refusal("--database", "").startswith("--database: expected a URL such as sqlite:///")


def test_a_file_in_use_has_one_owner_however_it_is_named(tmp_path):
    for name in (FILE, "other.db"):
        url = f"sqlite:///{tmp_path / name}"
        first = Options(data=tmp_path) if name == FILE else Options(database=url)

        with in_process(first):
            line = refusal("--database", url)

        assert line.startswith(
            f"--database: {tmp_path / name} is in use by process {os.getpid()}; stop that one"
        )
    with in_process(Options(database=url)), in_process(Options(database=f"{url}2")):
        pass


def test_a_directory_is_free_again_when_its_owner_was_killed(kept):
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom elements_local.start import Options, in_process\n"
        "with in_process(Options(data=Path(sys.argv[1]))): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, kept], check=False, timeout=DEADLINE_S)

    assert killed.returncode < 0
    with in_process(Options(data=kept)) as stack:
        assert len(stack.workspace().crm.call("GET", "/v3.1/Contacts")) == 1


@pytest.fixture
def small_disk(tmp_path):
    """A disk of eight megabytes, where that can be had."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        [find_program("mount"), "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a small disk: {mounted.stderr.splitlines()[0]}")
    yield disk
    subprocess.run([find_program("umount"), disk], check=True)


def test_without_room_nothing_starts(small_disk):
    (small_disk / "filler").write_bytes(bytes(8 * 1024 * 1024 - 100_000))

    assert "has no room; make room on the disk" in refusal("--data", small_disk / "data")


def test_without_room_in_service_a_change_is_507_and_with_room_again_all_is_well(small_disk):
    with in_process(Options(data=small_disk / "data")) as stack:
        clients = stack.workspace()
        filler = small_disk / "filler"
        filler.write_bytes(bytes(5_300_000))
        instance = clients.platform.create_instance(instance_body(clients.credentials))
        contact, place = {"FIRST_NAME": "A" * 200}, f"/elements/api-v2/instances/{instance['id']}"
        made = 0
        while (full := clients.crm.send("POST", "/v3.1/Contacts", json=contact)).status == 201:
            made += 1
        stood_at = clients.clock.now()
        refused = [
            full,
            # a small change may find room in what the database has already
            clients.platform.send("PATCH", place, json={"name": "x" * 200_000}),
            clients.clock.send("POST", "/_local/clock/advance", json={"duration": "15m"}),
            clients.sink.send("POST", "/default", body=bytes(500_000)),
        ]
        read = [
            clients.crm.send("GET", "/v3.1/Contacts?top=1"),
            clients.platform.send("GET", "/elements/api-v2/instances"),
            clients.platform.send("GET", "/_local/health"),
        ]
        stands_at = clients.clock.now()
        filler.unlink()
        clients.clock.advance("30m")
        audit = clients.platform.audit(instance["id"])

    assert [reply.status for reply in refused] == [507] * 4
    assert all(b"there is no room left" in reply.body for reply in refused)
    assert [reply.status for reply in read] == [200] * 3
    assert stands_at == stood_at
    assert made > 20
    assert (audit["owed"], len(audit["lost"]), len(audit["duplicate"])) == (made, 0, 0)
    assert len(audit["reported"]) + len(audit["late"]) == made


def test_a_server_that_does_not_let_one_in_is_said_to_do_so_and_why(postgresql_server):
    with postgresql_server.empty_database() as url:
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE ROLE full_of_guests LOGIN CONNECTION LIMIT 0")
            connection.exec_driver_sql("CREATE ROLE with_a_password LOGIN PASSWORD 'right'")
            rules = Path(connection.exec_driver_sql("SHOW hba_file").scalar_one())
            rules.write_text(f"local all with_a_password scram-sha-256\n{rules.read_text()}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        place = make_url(url)
        said = {
            place.set(username="with_a_password", password="hush"): "does not take this user with this",
            place.set(username="with_a_password"): "does not take this user with this password",
            place.set(username="nobody_at_all"): "has no such role; create it",
            place.set(database="nowhere"): "is not there on its server; create it",
            place.set(username="full_of_guests"): "has no connection left; close some",
        }
        for wrong, reason in said.items():
            line = refusal("--database", wrong.render_as_string(hide_password=False))
            assert reason in line
            assert "hush" not in line
        with engine.connect() as connection:
            connection.exec_driver_sql("DROP ROLE full_of_guests, with_a_password")


def test_what_a_role_may_not_do_is_said_before_anything_runs(postgresql_server):
    with postgresql_server.empty_database() as url:
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE ROLE reader_of_a_stack LOGIN")
        reader = make_url(url).set(username="reader_of_a_stack").render_as_string(hide_password=False)
        with in_process(Options(database=url)), engine.connect() as connection:
            connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader_of_a_stack")

        line = refusal("--database", reader)

        with engine.connect() as connection:
            connection.exec_driver_sql("DROP OWNED BY reader_of_a_stack")
            connection.exec_driver_sql("DROP ROLE reader_of_a_stack")
    assert "the role reader_of_a_stack lacks INSERT, UPDATE, DELETE on kit_schema_versions; let the" in line
