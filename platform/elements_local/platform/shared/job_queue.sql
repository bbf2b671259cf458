-- Whatever is put on the agenda of a workspace whose clock is real is planned in Procrastinate's queue, too, by the
-- transaction that does so.

-- What an earlier stack on this database left in the queue.
DELETE FROM procrastinate_jobs WHERE queue_name = 'elements-local';

-- Plans that a lane is looked at when something of it falls due. Such a job has no lock: one that is due later would hold
-- up those that are due before. A queueing lock keeps one transaction from planning the same twice.
CREATE FUNCTION platform_plan(workspace text, kind text, subject text, due timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    planned text := concat_ws(' ', 'plan', pg_current_xact_id(), extract(epoch FROM due), kind, subject, workspace);
BEGIN
    PERFORM FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = planned;
    IF NOT FOUND THEN
        PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(
            'elements-local', 'fall_due', 0, NULL, planned,
            jsonb_build_object('workspace', workspace, 'kind', kind, 'subject', subject), due
        )]::procrastinate_job_to_defer_v1[]);
    END IF;
END $$;

-- All callbacks that are due to one subscription are one lane, and so is each other subject of a kind of job.
CREATE FUNCTION platform_lane(job platform_jobs) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE job.kind WHEN 'deliver' THEN job.subscription_id::text ELSE job.subject END
$$;

-- When something falls due by the database's clock, rounded up; of a workspace's, that has run on since it became real.
CREATE FUNCTION platform_due(due bigint, became_real bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT to_timestamp((became_real + ceil(
        (due - became_real) / coalesce(nullif(current_setting('elements_local.speed', true), ''), '1')::numeric
    )) / 1000000.0)
$$;

CREATE FUNCTION platform_plan_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM platform_plan(NEW.workspace, NEW.kind, platform_lane(NEW), platform_due(NEW.due, clock_now))
    FROM kit_workspaces WHERE name = NEW.workspace AND clock_mode = 'real';
    RETURN NULL;
END $$;

CREATE TRIGGER platform_plan_job AFTER INSERT OR UPDATE OF due ON platform_jobs
    FOR EACH ROW EXECUTE FUNCTION platform_plan_job();

-- Plan the jobs of workspaces with a real clock that are in no queue: those of one whose clock has just become real, and
-- those that were deleted from the queue by hand.
CREATE FUNCTION platform_plan_missing(only_workspace text) RETURNS void LANGUAGE sql AS $$
    WITH due_jobs AS (
        SELECT DISTINCT job.workspace, job.kind, platform_lane(job) AS subject, platform_due(job.due, clock_now) AS due
        FROM platform_jobs job JOIN kit_workspaces ON name = job.workspace AND clock_mode = 'real'
        WHERE only_workspace IS NULL OR job.workspace = only_workspace
    ), planned AS (
        SELECT args ->> 'workspace' AS workspace, args ->> 'kind' AS kind, args ->> 'subject' AS subject, scheduled_at AS due
        FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'fall_due'
    )
    SELECT platform_plan(workspace, kind, subject, due) FROM (TABLE due_jobs EXCEPT TABLE planned) AS missing
$$;

CREATE FUNCTION platform_plan_workspace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM platform_plan_missing(NEW.name);
    RETURN NULL;
END $$;

CREATE TRIGGER platform_plan_workspace AFTER UPDATE OF clock_mode ON kit_workspaces
    FOR EACH ROW WHEN (NEW.clock_mode = 'real') EXECUTE FUNCTION platform_plan_workspace();
