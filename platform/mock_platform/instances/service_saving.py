"""What saving an instance brings about: what is planned with it, and who is told of it once it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import request

from mock_kit.api.shapes import SENT
from mock_kit.values import replace
from mock_kit.workspaces.registry import Workspace
from mock_platform.activity.lines import Activity
from mock_platform.activity.store import Activities
from mock_platform.callbacks.receiver_keys import tell_sink
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.elements.element import Element
from mock_platform.instances import lines as instance_lines
from mock_platform.instances.schedule import PollPlan, plan
from mock_platform.instances.service_granted import grants_for
from mock_platform.instances.store import Instances
from mock_platform.lint.instance import of_body
from mock_platform.lint.service import send_along, warnings_of
from mock_platform.lint.warning import ConfigWarnings


def sent_body() -> Mapping[str, object]:
    """Return the body of the present request as it came, with the keys that its shape does not name."""
    sent: Mapping[str, object] = request.environ[SENT]
    return sent


def sent_text() -> bytes:
    """Return that body as text."""
    return request.get_data()


@dataclass(kw_only=True)
class Saving:
    """One instance that is being made or changed.

    Attributes:
        elements: by their keys.
        sent: the instance's body, if one was sent: the answer then says what of it users will regret.
        vendor_user: whose the credentials are, as ``VendorClient.check`` says.
        begins: whether a resource is polled from now on that was not before.
    """

    workspace: Workspace
    elements: Mapping[str, Element]
    sent: Mapping[str, object] | None
    now: datetime
    vendor_user: str | None = None
    begins: bool = False
    _told: tuple[Activity, ...] = ()
    _of_body: ConfigWarnings = field(default_factory=ConfigWarnings)
    _before: ConfigWarnings = field(default_factory=ConfigWarnings)

    def plan(self, before: Instance | None, after: Instance) -> PollPlan:
        """Return what is to hold from now on."""
        element = self.elements[after.element_key]
        follows = plan(before, after, element, empty_block=dependencies().settings.empty_block, now=self.now)
        activities = (
            instance_lines.made(after, follows, now=self.now)
            if before is None
            else instance_lines.changed(before, after, follows, now=self.now)
        )
        self._told, self.begins = tuple(activities), follows.begins
        if self.sent is None:
            return follows
        if before is not None:
            # Asked before the change is kept, which replaces what was said of the body before.
            self._before = self._warnings(
                before, dependencies().store[Instances].body_warnings(self.workspace.name, before.id)
            )
        said = self.sent.get("configuration")
        self._of_body = of_body(
            self.sent,
            after.configuration,
            element,
            made=before is None,
            redeemed=grants_for(said if isinstance(said, Mapping) else {}, element) is not None,
            vendor_user=self.vendor_user,
            raw=sent_text(),
        )
        return replace(follows, body_warnings=self._of_body)

    def tell(self, saved: Instance) -> None:
        """Let those know whom it concerns, once it is kept."""
        services = dependencies()
        services.store[Activities].tell(self.workspace, *self._told)
        if self.sent is not None:
            self._warn(saved)
        # The sink judges signatures by the instance's key, and learns it here, before the first callback.
        tell_sink(services.inside, services.settings.sink_url, saved, admin_headers=services.admin_headers)
        services.engine.wake()

    def _warn(self, saved: Instance) -> None:
        """Say with the answer what users will regret, and tell of it as far as it was not so before."""
        warnings = self._warnings(saved, self._of_body)
        # The answer names them all; the activities only what is new, or each PATCH would repeat them.
        fresh = [each for each in warnings.entries if each not in self._before.entries]
        activities = (instance_lines.warned(saved, each) for each in fresh)
        dependencies().store[Activities].tell(self.workspace, *activities)
        send_along(warnings)

    def _warnings(self, instance: Instance, of_its_body: ConfigWarnings) -> ConfigWarnings:
        return warnings_of(instance, self.elements[instance.element_key], of_its_body)
