"""``up --fresh`` begins anew what ``--data`` or ``--database`` keeps, whichever version made it; what is others' stays."""

import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest
from click.testing import CliRunner
from deadline import DEADLINE_S
from processes import FREE_PORTS, started
from sqlalchemy import NullPool, create_engine, text

from elements_local.clients.errors import OptionError
from elements_local.commands.cli import cli
from elements_local.start import Options, in_process

FILE = "elements-local.sqlite3"
OF_ANOTHER_VERSION = "UPDATE kit_schema_versions SET version = '0.0.9'"


def changed(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def contacts(options):
    with in_process(options) as stack:
        return len(stack.workspace().crm.call("GET", "/v3.1/Contacts"))


def keep_a_contact(options):
    with in_process(options) as stack:
        stack.workspace().crm.create("Contacts", {"FIRST_NAME": "Ada"})


@pytest.fixture
def kept(tmp_path):
    """A directory with what a stack of another version left, and a file of the user's."""
    keep_a_contact(Options(data=tmp_path / "kept"))
    changed(tmp_path / "kept" / FILE, OF_ANOTHER_VERSION)
    (tmp_path / "kept" / "notes.txt").write_text("mine")
    return tmp_path / "kept"


@pytest.fixture
def shared(postgresql_server):
    """The URL of a PostgreSQL with what a stack of another version left, and a table of others."""
    with postgresql_server.empty_database() as url:
        keep_a_contact(Options(database=url))
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            for statement in (
                OF_ANOTHER_VERSION,
                "CREATE TABLE crm_of_others (name TEXT)",
                "INSERT INTO crm_of_others VALUES ('kept')",
            ):
                connection.execute(text(statement))
        yield url
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT name FROM crm_of_others")) == "kept"


def answered(answer, *options):
    """Run ``up`` as it answers what it asks, until it says what runs; return how it ended and what it said."""
    with started(
        "up", *FREE_PORTS, "--json", "--quiet", *map(str, options), stdin=subprocess.PIPE
    ) as process:
        process.stdin.write(answer)
        process.stdin.close()
        process.stdin = None
        if process.stdout.readline():  # the line that says what runs
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=DEADLINE_S)
    return process.returncode, said


def test_a_directory_begins_anew_and_its_other_files_stay(kept):
    with pytest.raises(OptionError, match="`elements-local up --fresh` begins anew"):
        contacts(Options(data=kept))

    assert contacts(Options(data=kept, fresh=True)) == 0
    assert (kept / "notes.txt").read_text() == "mine"
    keep_a_contact(Options(data=kept))
    assert contacts(Options(data=kept)) == 1


def test_a_damaged_file_begins_anew_and_one_of_another_program_is_left_alone(kept):
    whole = bytearray((kept / FILE).read_bytes())
    whole[8192:12288] = b"x" * 4096
    (kept / FILE).write_bytes(whole)

    assert contacts(Options(data=kept, fresh=True)) == 0

    (kept / FILE).unlink()
    changed(kept / FILE, "CREATE TABLE users (name TEXT)")
    with pytest.raises(OptionError, match="is another program's"):
        contacts(Options(data=kept, fresh=True))
    changed(kept / FILE, "INSERT INTO users VALUES ('still here')")


def test_up_does_not_ask_about_a_directory_nor_says_what_it_would_keep(kept):
    assert answered("", "--data", kept, "--fresh", "--seed", "7") == (0, "")
    assert contacts(Options(data=kept)) == 0


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        pytest.param(
            "", 2, "--fresh of a --database asks first, and got no answer; run it on a", id="nobody is there"
        ),
        pytest.param("n\n", 1, "nothing was changed; leave out --fresh to go on with what is kept", id="no"),
    ],
)
def test_a_database_is_asked_about_first_and_left_as_it_is_without_a_yes(tmp_path, answer, code, said):
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    keep_a_contact(Options(database=url))

    done = CliRunner().invoke(cli, ["up", *FREE_PORTS, "--database", url, "--fresh"], input=answer)

    asked = f"elements-local is starting\n--database {url}: drop the tables of elements-local, with all that they keep? [y/N]: "
    assert (done.exit_code, done.stderr.startswith(asked), said in done.stderr) == (code, True, True)
    assert contacts(Options(database=url)) == 1


def test_of_a_database_only_this_programs_tables_are_dropped(shared):
    with pytest.raises(OptionError, match=r"made by elements-local 0\.0\.9"):
        contacts(Options(database=shared))

    code, _ = answered("y\n", "--database", shared, "--fresh")

    assert (code, contacts(Options(database=shared))) == (0, 0)
    keep_a_contact(Options(database=shared))
    assert contacts(Options(database=shared)) == 1


def test_what_others_have_made_on_its_tables_is_not_dropped_with_them(postgresql_server):
    with postgresql_server.empty_database() as url:
        keep_a_contact(Options(database=url))
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE VIEW mine AS SELECT * FROM crm_records"))

        with pytest.raises(OptionError, match="other objects depend on it"):
            contacts(Options(database=url, fresh=True))

        assert contacts(Options(database=url)) == 1
