"""What a service counts, as Prometheus reads it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from prometheus_client.core import Metric


class MetricsUnavailableError(Exception):
    """The package that writes metrics is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "metrics need the package prometheus-client: install elements-local with its extra `postgresql`"
        )


class Measure(Struct, frozen=True):
    """A number that a service knows about itself."""

    text: str
    value: float


class _Counts(Struct, frozen=True, eq=False):
    """Answers and measures in Prometheus' terms."""

    service: str
    answered: Mapping[tuple[str, int], int]
    measures: Mapping[str, Measure]

    def collect(self) -> "Iterable[Metric]":
        """Yield a family for the requests, and one for each measure."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily  # noqa: PLC0415 - heavy

        labels = ["service", "method", "status"]
        family = CounterMetricFamily("elements_local_requests", "Requests answered.", labels=labels)
        for (method, status), count in sorted(self.answered.items()):
            family.add_metric([self.service, method, str(status)], count)
        yield family
        for name, measure in self.measures.items():
            full_name = f"elements_local_{self.service}_{name}"
            yield GaugeMetricFamily(full_name, measure.text, value=measure.value)


def exposition(
    service: str, answered: Mapping[tuple[str, int], int], measures: Mapping[str, Measure]
) -> tuple[bytes, str]:
    """Return the counts as Prometheus reads them, and the content type of that.

    Args:
        answered: method and status of answers -> how many.
        measures: by their names.

    Raises:
        MetricsUnavailableError: prometheus-client is not installed.
    """
    try:
        from prometheus_client import (  # noqa: PLC0415 - heavy, and optional
            CONTENT_TYPE_LATEST,
            CollectorRegistry,
            generate_latest,
        )
    except ImportError as error:
        raise MetricsUnavailableError from error
    registry = CollectorRegistry()
    registry.register(_Counts(service, answered, measures))
    return generate_latest(registry), CONTENT_TYPE_LATEST
