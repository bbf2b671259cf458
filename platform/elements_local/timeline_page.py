"""One self-contained page: a timeline of each scenario, with its changes, polls and attempts."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from elements_local.runner import Result
from elements_local.timeline import Lane, Moment, clock_text

_WIDTH = 1000
_LANE = 34


def write_page(path: Path, results: Sequence[Result]) -> None:
    """Write the page; nothing in it comes from elsewhere, and all text of others is escaped."""
    environment = Environment(
        loader=PackageLoader("elements_local"), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("timeline.html").render(
        results=[_shown(result) for result in results],
        failed=sum(result.failure is not None for result in results),
        width=_WIDTH,
        lane=_LANE,
        lanes=[lane.value for lane in Lane],
    )
    path.write_text(page, encoding="utf-8")


def _shown(result: Result) -> dict[str, object]:
    end = max((moment.after for moment in result.moments), default=timedelta(0)) or timedelta(seconds=1)
    return {
        "name": result.scenario.name,
        "place": f"{result.scenario.path}:{result.scenario.line}",
        "failure": None if result.failure is None else str(result.failure),
        "end": clock_text(end),
        "dots": [_dot(moment, end) for moment in result.moments],
    }


def _dot(moment: Moment, end: timedelta) -> dict[str, object]:
    lane = list(Lane).index(moment.lane)
    return {
        "x": round(20 + (_WIDTH - 40) * (moment.after / end), 1),
        "y": lane * _LANE + _LANE // 2,
        "lane": moment.lane.value,
        "good": moment.good,
        "text": f"{clock_text(moment.after)} {moment.text}",
    }
