"""A simulated day: one seed's random work on three workspaces, each hour of it counted; ``poe chaos``.

A seed that fails is shrunk to the shortest list of actions that does, and written as a list for ``--plan``.

Usage: poe chaos [--seed N | --seeds N [--first N] | --plan FILE] [--hours H] [--jobs N] [--json] [--keep FOLDER] [--no-shrink]
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import act
from act import Outcome
from count import Count
from plan import HOUR, Action, actions_of, settings_of
from shrink import shrunk

Plan = dict[str, Any]
"""``seed``, ``settings`` and ``actions``."""

Report = dict[str, Any]


def of_seed(seed: int, hours: int) -> Plan:
    """Return the plan of a seed."""
    return {"seed": seed, "settings": settings_of(seed), "actions": actions_of(seed, hours)}


def performed(
    plan: Plan, *, keep: Path, shrinks: bool = True, progress: act.Progress = lambda *_: None
) -> Report:
    """Run a plan, and return what there is to say of it; of one that fails, a shorter one is kept."""
    outcome = _run(plan, plan["actions"], progress)
    report: Report = {
        "seed": plan["seed"],
        "actions": len(plan["actions"]),
        "counts": dict(sorted(outcome.count.items())),
        "findings": [asdict(finding) for finding in outcome.findings],
    }
    if outcome.findings and shrinks:
        report["kept"] = str(_keep(_shorter(plan, outcome), keep))
    return report


def _shorter(plan: Plan, outcome: Outcome) -> Plan:
    """Return the shortest plan that fails with a finding of the same kind."""
    kinds = {finding.kind for finding in outcome.findings}

    def fails(actions: list[Action]) -> bool:
        return any(finding.kind in kinds for finding in _run(plan, actions).findings)

    return {**plan, "actions": shrunk(plan["actions"], fails)}


def _run(plan: Plan, actions: list[Action], progress: act.Progress = lambda *_: None) -> Outcome:
    return act.run(actions, plan["settings"], seed=plan["seed"], progress=progress)


def _keep(plan: Plan, folder: Path) -> Path:
    """Write a plan that fails, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / f"seed-{plan['seed']}.json"
    listed.write_text(json.dumps(plan, indent=1) + "\n")
    return listed


def _hour(at: int, count: Count) -> str:
    verdicts = Counter[str]()
    for verdict, times in count.items():
        verdicts[verdict.partition(":")[0]] += times
    said = ", ".join(f"{times} {verdict}" for verdict, times in sorted(verdicts.items()))
    return f"hour {at // HOUR}: {said or 'nothing owed'}\n"


def _lines(report: Report) -> Iterator[str]:
    owed = sum(report["counts"].values())
    yield f"seed {report['seed']}: {report['actions']} actions, {owed} owed, {len(report['findings'])} findings\n"
    for finding in report["findings"]:
        yield f"  {finding['kind']} in {finding['workspace']}: {finding['what']}\n"
    if "kept" in report:
        yield f"  shortest: {report['kept']}\n"


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, help="so many, in the place of one")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--plan", type=Path, help="a list that was kept, in the place of a seed")
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--jobs", type=int, default=1, help="seeds that run at the same time")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--keep", type=Path, default=Path("build/chaos"), help="where failing plans are written"
    )
    parser.add_argument("--no-shrink", action="store_true")
    return parser.parse_args(arguments)


def _reports(asked: argparse.Namespace) -> Iterator[Report]:
    run = partial(performed, keep=asked.keep, shrinks=not asked.no_shrink)
    if asked.seeds is None:
        plan = json.loads(asked.plan.read_text()) if asked.plan else of_seed(asked.seed, asked.hours)
        yield run(plan, progress=lambda at, count: None if asked.json else print_(_hour(at, count)))
        return
    plans = (of_seed(seed, asked.hours) for seed in range(asked.first, asked.first + asked.seeds))
    with ProcessPoolExecutor(asked.jobs) as pool:
        yield from pool.map(run, plans)


def print_(text: str) -> None:
    """Write at once, as what is run takes its time."""
    sys.stdout.write(text)
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if anything is found."""
    asked = _asked(arguments)
    reports = []
    for report in _reports(asked):
        reports.append(report)
        print_("" if asked.json else "".join(_lines(report)))
    totals = sum((Counter(report["counts"]) for report in reports), Counter())
    table = "".join(f"{times:8} {verdict}\n" for verdict, times in sorted(totals.items()))
    print_(json.dumps(reports, indent=1) + "\n" if asked.json else table)
    return int(any(report["findings"] for report in reports))


if __name__ == "__main__":
    raise SystemExit(main())
