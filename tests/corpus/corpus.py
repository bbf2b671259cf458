"""Replays what users can reach, and shows what differs from what is kept: ``poe corpus``; see README.md."""

import argparse
import os
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import artefacts
import click
from accepting import accepted, log, matches, without
from recording import coverage, recorded, repeatable
from replaying import Replay
from routes import Routes
from sequences import load, save

IN_ONE_GO = 25
"""Sequences that a process is given at a time."""


def main(words=None):
    arguments = parsed(words)
    for name in [name for name in os.environ if name.startswith("ELEMENTS_LOCAL_")]:
        del os.environ[name]
    if arguments.accept or arguments.drop:
        return change(arguments)
    if arguments.record:
        return record(arguments)
    if arguments.coverage:
        click.echo(coverage(load(), Routes.served()))
        return 0
    those = chosen(load(), arguments)
    if arguments.list:
        return list_calls(those)
    found = [each for _, _, differing in replay_all(those, arguments.jobs) for each in differing]
    if not is_narrowed(arguments):
        found += artefact_differences()
    show(found, f"{len(those)} sequences, {sum(len(each.calls) for each in those)} calls")
    return 1 if found else 0


def parsed(words):
    parser = argparse.ArgumentParser(prog="poe corpus", description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--service", help="only sequences that call it")
    parser.add_argument("--route", nargs="+", default=[], help="only sequences that call one of these")
    parser.add_argument("--sequence", help="only those with this in their names")
    parser.add_argument("--seeded-tenth", metavar="SEED", help="a tenth of each area")
    parser.add_argument(
        "--accept", nargs="+", metavar="ROUTE", help="take over what differs there; * is any text"
    )
    parser.add_argument("--drop", nargs="+", metavar="ROUTE", help="forget routes and settings that are gone")
    parser.add_argument("--why", help="goes to accepted.tsv")
    parser.add_argument("--record", nargs="+", metavar="TEST", help="record these tests anew")
    parser.add_argument("--coverage", action="store_true", help="count the operations that are called")
    parser.add_argument("--list", action="store_true", help="print the calls instead, with their answers")
    arguments = parser.parse_args(words)
    if (arguments.accept or arguments.drop) and not arguments.why:
        parser.error("--accept and --drop need --why: the reason is kept")
    return arguments


def list_calls(those):
    """Print sequences as they are read best, a line for each request and answer, which are cut where they are long."""
    for sequence in those:
        click.echo(f"\n{sequence.name}")
        for call in sequence.calls:
            asked = f"{call.service} {call.method} {call.target} {call.body.text or call.body.raw or ''}"
            click.echo(f"  {asked[:300]}\n    {call.answer.status} {call.answer.body.text[:300]}")
    return 0


def is_narrowed(arguments):
    return any((arguments.service, arguments.route, arguments.sequence, arguments.seeded_tenth))


def chosen(those, arguments):
    """Return the sequences that the arguments name."""
    routes = arguments.route + ([f"{arguments.service} *"] if arguments.service else [])
    if routes:
        those = calling(those, routes)
    if arguments.sequence:
        those = [each for each in those if arguments.sequence in each.name]
    return those if arguments.seeded_tenth is None else seeded_tenth(those, arguments.seeded_tenth)


def calling(those, routes):
    """Return the sequences that call one of these routes."""
    return [each for each in those if any(matches(call.route, routes) for call in each.calls)]


def seeded_tenth(those, seed):
    """Return a tenth of the sequences of each area."""
    areas = defaultdict(list)
    for sequence in those:
        areas[sequence.area].append(sequence)
    return [
        each
        for area, same in sorted(areas.items())
        for each in Random(f"{seed} {area}").sample(same, -(-len(same) // 10))  # noqa: S311 - no secret
    ]


def replay(those, patterns=()):
    """Return these sequences with the new answers of accepted routes, what those change, and all that differs."""
    made = []
    with Replay() as running:
        for sequence in those:
            replayed = running.of(sequence)
            found = [each for call in replayed for each in call.differences]
            made.append((*accepted(sequence, replayed, patterns), found))
    return made


def replay_all(those, jobs, patterns=()):
    """Do so in several processes, in an order in which few stacks are started."""
    return in_processes(partial(replay, patterns=patterns), by_setup(those), jobs)


def by_setup(those):
    """Return the sequences in parts, each of those that one stack will do for."""
    setups = defaultdict(list)
    for sequence in those:
        setups[repr(sequence.setup)].append(sequence)
    return [same[at : at + IN_ONE_GO] for same in setups.values() for at in range(0, len(same), IN_ONE_GO)]


def in_processes(function, parts, jobs):
    """Return the results of all parts, one after the other."""
    if jobs == 1:
        return [each for part in parts for each in function(part)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return [each for made in pool.map(function, parts) for each in made]


def artefact_differences():
    """Return what differs between artefacts as they are made now and as they are kept."""
    with TemporaryDirectory() as folder:
        return artefacts.differences(artefacts.made(Path(folder)), artefacts.kept())


def show(differences, of):
    """Print the differences, those first that are most frequent, with an example of each kind."""
    groups = defaultdict(list)
    for each in differences:
        groups[each.group].append(each)
    for same in sorted(groups.values(), key=len, reverse=True):
        first = same[0]
        click.echo(f"{len(same):6}  {first.route}: {first.kind} {first.place}".rstrip())
        click.echo(f"        old  {first.old}\n        new  {first.new}")
        if first.sequence:
            click.echo(f"        in   {first.sequence}, call {first.number}")
    click.echo(f"{of}: {len(differences)} differences of {len(groups)} kinds")


def change(arguments):
    """Take over the differences of some routes and artefacts, or forget calls."""
    if arguments.drop:
        parts = [
            without(each, arguments.drop if (arguments.sequence or "") in each.name else [])
            for each in load()
        ]
        those = [sequence for sequence, _ in parts if sequence]
        taken = [each for _, gone in parts for each in gone]
    else:
        before = load()
        parts = replay_all(calling(before, arguments.accept), arguments.jobs, arguments.accept)
        made = {sequence.name: sequence for sequence, _, _ in parts}
        those = [made.get(each.name, each) for each in before]
        taken = [each for _, differing, _ in parts for each in differing]
        with TemporaryDirectory() as folder:
            taken += artefacts.accept(artefacts.made(Path(folder)), arguments.accept)
    save(those)
    click.echo(f"{len(taken)} differences of {log(taken, arguments.why)} kinds are taken over")
    return 0


def record(arguments):
    """Run tests, and put the sequences of those that answer the same twice in the place of what was recorded of them."""
    found = recorded(arguments.record, arguments.jobs)
    checked = in_processes(repeatable, by_setup(found), arguments.jobs)
    for why in sorted(why for sequence, why in checked if not sequence):
        click.echo(f"left out: {why}")
    again = {each.name for each in found}
    new = [sequence for sequence, _ in checked if sequence]
    save([each for each in load() if each.name not in again] + new)
    click.echo(f"{len(new)} sequences are recorded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
