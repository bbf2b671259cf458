"""What a sweep takes, beside a bare loop of the same run that does as many polls as the sweep has cells.

Run with ``poe bench-sweep``. Processor time is counted beside the wall's, so that neighbours of the machine count little; the
stack is there, and warm. A bare poll is the least that one can be: a hub route that asks a CRM route that asks SQLite.
"""

import time

from run import POLLS, bare_pair

from elements_local.guide import instance_body
from elements_local.start import Options, in_process
from elements_local.what_if.configured import resource_of
from elements_local.what_if.findings import configured_body
from elements_local.what_if.sweep import ENVIRONMENT, sweep

TIMES = 5


def main() -> None:
    """Measure and print."""
    bare = bare_pair()
    bare()
    _, bare_cpu = timed(bare)
    with in_process(Options(environment=ENVIRONMENT)) as stack:
        configured = configured_body(instance_body(stack.workspace().credentials))
        resource = resource_of(configured, None)
        cells = len(sweep(stack, configured, resource).cells)
        measured = [timed(lambda: sweep(stack, configured, resource)) for _ in range(TIMES)]
    wall, cpu = min(each[0] for each in measured), min(each[1] for each in measured)
    as_many = bare_cpu / POLLS * cells
    print(f"a sweep of {cells} cells, in process, the better of {TIMES}")  # noqa: T201
    print(f"  bare loop, as many polls   {as_many:6.2f} s of the processor")  # noqa: T201
    print(  # noqa: T201
        f"  sweep                      {cpu:6.2f} s of the processor, {wall:.2f} s by the clock,"
        f" {cpu / as_many:.1f} x the bare loop"
    )


def timed(what) -> tuple[float, float]:
    """Return the seconds that something takes, by the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - clock, time.process_time() - processor


if __name__ == "__main__":
    main()
