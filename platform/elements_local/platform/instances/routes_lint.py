"""``/_local/lint`` and ``/_local/warnings``: what in a configuration will miss, duplicate or misclassify events, or do nothing."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Annotated, Any, NotRequired, TypedDict

from flask import Blueprint, request
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.masks import mask_value
from elements_local.platform.call import AdminCall, Call, OpenCall
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.instance_json import ElementReference, InstanceRequest
from elements_local.platform.configuration.poller_configuration import entries_of
from elements_local.platform.core.instance import Instance, Values
from elements_local.platform.instances.call import instance_named, instances_asked_for
from elements_local.platform.instances.service import grants_for, sent_body
from elements_local.platform.lint.instance import of_body, of_instance
from elements_local.platform.lint.rules import RULES
from elements_local.platform.lint.service import BodyWarnings, lint_context, warnings_of
from elements_local.platform.lint.warning import ConfigWarning, ConfigWarnings, WarningJson

bp = Blueprint("lint", __name__, url_prefix="/_local/lint")


class LagQuery(Struct, rename="camel"):
    """What is known of the provider.

    Attributes:
        index_lag: seconds by which its search lags behind its records.
    """

    index_lag: Annotated[int, Meta(ge=0, le=10**9)] = 0


class LintQuery(LagQuery, rename="camel", kw_only=True):
    """Which instance is looked at."""

    instance_id: Annotated[int, Meta(ge=0, le=10**18)]


class CureJson(TypedDict):
    """What fixes a finding.

    ``change`` is a merge patch (RFC 7396) of the configuration, ``event.poller.configuration`` an object in it; null if
    what to write is not known.
    """

    text: str
    change: dict[str, Any] | None


class LintFindingJson(TypedDict):
    """A finding: a warning, how bad it is, what comes of it, and what fixes it.

    ``severity`` is ``error`` if events are missed, duplicated or misclassified, else ``warning``; ``resource`` the one that it is
    about, null if it is about none.
    """

    rule: str
    severity: str
    path: str
    resource: str | None
    message: str
    nearest: str | None
    why: str
    cure: CureJson


class LintJson(TypedDict):
    """The findings, errors first; ``more`` is how many are left out.

    ``blocks`` are those of ``event.poller.configuration``, with lines of ``event.poller.urls`` in their place.
    """

    findings: list[LintFindingJson]
    more: int
    blocks: dict[str, Any]


class RuleJson(TypedDict):
    """A rule, with or without findings."""

    rule: str
    severity: str
    seen: str
    why: str
    cure: str


class RulesJson(TypedDict):
    """All rules."""

    rules: list[RuleJson]


@bp.get("")
@operation(problems=(401, 403, 404))
def show(call: AdminCall, query: LintQuery) -> Answer[LintJson]:
    """Find what in an instance's configuration will miss, duplicate or misclassify events."""
    instance = instance_named(call, str(query.instance_id))
    element = call.element_of(instance)
    with call.read() as tx:
        body_warnings = BodyWarnings(tx).of(instance.id)
    around = lint_context(call, element, instance.configuration, lag=timedelta(seconds=query.index_lag))
    warnings = of_instance(instance.configuration, body_warnings, around, instance.objects)
    return Answer(_shown(warnings, instance.configuration))


@bp.post("")
@operation(problems=(400, 401, 403, 404))
def look_at(call: OpenCall, query: LagQuery, body: InstanceRequest) -> Answer[LintJson]:
    """Look at the body of an instance that is not made: one without credentials, or with masks for them, will do."""
    element = (body.element or ElementReference()).find(call.catalogue)
    credentials = {entry.key: "not given" for entry in element.keys if entry.required}
    values = configuration.complete(
        {**credentials, **(body.configuration or {})}, element, stored=credentials
    )
    around = lint_context(call, element, values, lag=timedelta(seconds=query.index_lag))
    configuration.check(values, element, empty_block=around.empty_block)
    redeemed = grants_for(call, body.configuration or {}, element) is not None
    body_warnings = of_body(sent_body(), values, element, redeemed=redeemed, raw=request.get_data())
    return Answer(_shown(of_instance(values, body_warnings, around), values))


@bp.get("/rules")
@operation(problems=(401, 403))
def rules() -> Answer[RulesJson]:
    """List all rules."""
    return Answer(
        {
            "rules": [
                {
                    "rule": rule.value,
                    "severity": rule.severity,
                    "seen": rule.seen,
                    "why": rule.why,
                    "cure": rule.cure,
                }
                for rule in RULES
            ]
        }
    )


def _shown(warnings: ConfigWarnings, values: Values) -> LintJson:
    return {
        "findings": [_finding(each) for each in sorted(warnings.listed, key=lambda one: one.rule.severity)],
        "more": warnings.more,
        "blocks": mask_value(dict(entries_of(values))),
    }


def _finding(warning: ConfigWarning) -> LintFindingJson:
    change = None if warning.change is None else dict(warning.change)
    return {
        "rule": warning.rule.value,
        "severity": warning.rule.severity,
        "path": warning.path,
        "resource": warning.resource or None,
        "message": warning.message,
        "nearest": warning.nearest,
        "why": warning.rule.why,
        "cure": {"text": warning.rule.cure, "change": change},
    }


config_warnings = Blueprint("config_warnings", __name__, url_prefix="/_local/warnings")


class WarningsQuery(Struct, rename="camel"):
    """Whose warnings are asked for: those of all instances, unless one is named."""

    instance_id: Annotated[int, Meta(ge=0, le=10**18)] | None = None


class InstanceWarningsJson(TypedDict):
    """An instance with its warnings."""

    instanceId: int
    name: NotRequired[str]
    warnings: list[WarningJson]


class WarningsJson(TypedDict):
    """The instances that there is something to say of, by ascending id."""

    warnings: list[InstanceWarningsJson]


@config_warnings.get("", endpoint="index")
@operation(problems=(401, 403, 404))
def index_of_warnings(call: AdminCall, query: WarningsQuery) -> Answer[WarningsJson]:
    """List what the platform took without a word and users will regret; instances without any are left out."""
    instances = instances_asked_for(call, query.instance_id)
    shown: list[InstanceWarningsJson] = [
        {"instanceId": instance.id, "name": instance.name, "warnings": warnings.to_json()}
        for instance, warnings in kept_warnings(call, instances)
        if warnings.listed
    ]
    return Answer({"warnings": shown})


def kept_warnings(call: Call, instances: Iterable[Instance]) -> Iterator[tuple[Instance, ConfigWarnings]]:
    """Yield instances with all that is to be said of each."""
    with call.read() as tx:
        of_bodies = BodyWarnings(tx).all()
    for instance in instances:
        yield instance, warnings_of(call, instance, of_bodies.get(instance.id, ConfigWarnings()))
