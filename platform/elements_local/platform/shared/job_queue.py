"""The queue of what falls due by real clocks: Procrastinate's, which the transaction fills that puts a job on the agenda.

What is planned for later has no lock. When it is due, it puts a job into the queue that has the lock of its instance or
receiver; of those one runs at a time, whichever worker has it, and one waits at the most.

Source: locks and queueing locks are Procrastinate's (documented). Workers use its API. Its tables and functions are named here
and in ``job_queue.sql`` alone, for what the API has no way, or none fast enough: to plan in the transaction of a trigger, and by the database's
clock; to count what is due; to check privileges, and whether they are there in a transaction that holds the schema's lock.
"""

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import Connection, MetaData, func, select, text

from elements_local.kit.storage.database import Database
from elements_local.kit.storage.postgresql import check_privileges
from elements_local.kit.storage.schema import SchemaPart, lock_schema, make_part
from elements_local.platform.jobs.store import JobKind

if TYPE_CHECKING:
    from procrastinate.jobs import Job

CHECKED_WITH = "3.10.0"
"""The version of Procrastinate whose tables and functions these are; 3.4 has the same."""

QUEUE = "elements-local"
SCHEMA = SchemaPart(
    "queue",
    MetaData(),
    sql=(files("elements_local.platform.shared") / "job_queue.sql").read_text("utf-8"),
    functions=tuple(
        f"platform_{name}" for name in ("plan_workspace", "plan_missing", "plan_job", "lane", "plan", "due")
    ),
)
"""The functions and triggers by which the agenda fills the queue; there are no tables beside Procrastinate's."""

_TABLES = tuple(f"procrastinate_{name}" for name in ("jobs", "events", "periodic_defers", "workers"))

# what `list_jobs` answers, too, in the loop of the worker, before each callback: a fifth fewer of them a second
# (`poe bench-workers`)
_is_doing = text(
    "SELECT 1 FROM procrastinate_jobs WHERE id = :id AND status = 'doing' AND worker_id = :worker_id"
)
_plan = text("SELECT platform_plan(:workspace, :kind, :subject, now() + make_interval(secs => :after))")
_figures = text(
    "SELECT count(*) FILTER (WHERE scheduled_at IS NULL OR scheduled_at <= now()) AS due, count(*) AS planned, "
    "coalesce(extract(epoch FROM now() - min(scheduled_at) FILTER (WHERE task_name = 'fall_due')), 0) AS lag_s "
    "FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = :queue"
)


class JobLane(Struct, frozen=True):
    """What is seen to together as it falls due.

    Attributes:
        subject: a delivery's is its subscription; that of other jobs is theirs.
    """

    workspace: str
    kind: JobKind
    subject: str

    @classmethod
    def of(cls, arguments: dict[str, Any]) -> "JobLane":
        """Return the lane that a job of the queue is about."""
        return cls(arguments["workspace"], JobKind(arguments["kind"]), arguments["subject"])

    @property
    def arguments(self) -> dict[str, str]:
        """What a job of the queue is about, as its arguments."""
        return {"workspace": self.workspace, "kind": self.kind.value, "subject": self.subject}


class QueueFigures(Struct, frozen=True):
    """How much waits in the queue.

    Attributes:
        due: jobs that a free worker would begin.
        planned: those, and what is planned for later.
        lag_s: for how many seconds the one has been due that has waited longest.
    """

    due: int
    planned: int
    lag_s: float


def prepare(database: Database) -> None:
    """Make the queue unless it is there.

    Raises:
        SchemaVersionError: it is there, and another version of this program made it.
        MissingPrivilegeError: it is there, and the database's role may not use it.
    """
    with database.writing() as connection:
        lock_schema(connection)
        if connection.scalar(select(func.to_regclass(_TABLES[0]))) is None:
            from procrastinate.schema import SchemaManager  # noqa: PLC0415 - not needed by one process

            # by the driver, which takes many statements at once
            connection.connection.cursor().execute(SchemaManager.get_schema())
        else:
            check_privileges(connection, _TABLES)
        make_part(connection, SCHEMA)


def plan_missing(connection: Connection) -> None:
    """Plan all that is due in a workspace with a real clock, and not in the queue."""
    connection.execute(select(func.platform_plan_missing(None)))


def plan_lane(connection: Connection, lane: JobLane, *, after_s: float) -> None:
    """Plan that a lane is looked at after some seconds of the database's clock."""
    connection.execute(_plan, {**lane.arguments, "after": after_s})


def is_doing(database: Database, job: "Job") -> bool:
    """Say whether a job is still that of the worker which has begun it."""
    with database.autocommit_read() as connection:
        return connection.scalar(_is_doing, {"id": job.id, "worker_id": job.worker_id}) is not None


def figures(database: Database) -> QueueFigures:
    """Return how much waits."""
    with database.autocommit_read() as connection:
        row = connection.execute(_figures, {"queue": QUEUE}).one()
    return QueueFigures(row.due, row.planned, max(float(row.lag_s), 0))
