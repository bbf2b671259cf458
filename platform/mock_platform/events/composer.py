"""From changes of an instance's records to what its receiver is sent, and what is kept of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mock_kit.api.json_text import encode_text
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.store import People
from mock_platform.core import identities
from mock_platform.core.instance import Instance
from mock_platform.core.registry import StoreRegistry
from mock_platform.core.settings import PlatformSettings
from mock_platform.elements.insightly.definition import INSIGHTLY
from mock_platform.events import event
from mock_platform.events.event import CallbackForm, Found
from mock_platform.events.records import Notification
from mock_platform.events.store_notifications import Compose, OutgoingNotification


@dataclass(frozen=True, kw_only=True)
class NotificationComposer:
    """Makes notifications once their ids can be given."""

    store: StoreRegistry
    settings: PlatformSettings

    @property
    def _form(self) -> CallbackForm:
        return CallbackForm(batch_size=self.settings.batch_size, raw=self.settings.raw_form)

    def changes(
        self, workspace: Workspace, instance: Instance, resource: str, found: Sequence[Found], *, at: datetime
    ) -> Compose:
        """Return what makes the notifications of a poll's changes."""
        if not found:  # as nearly all polls have it: nobody need be asked whose the instance is
            return lambda _next_id: ()

        def notifications(identify: Callable[[], tuple[int, str]]) -> Iterator[Notification]:
            return event.notifications(resource, found, poll_at=at, form=self._form, identify=identify)

        return self._composing(workspace, instance, notifications)

    def payload(
        self, workspace: Workspace, instance: Instance, payload: Mapping[str, object], *, at: datetime
    ) -> Compose:
        """Return what makes the one notification of what a provider sent."""

        def notifications(identify: Callable[[], tuple[int, str]]) -> Iterator[Notification]:
            notification_id, event_id = identify()
            yield event.received(notification_id, event_id, payload, at=at)

        return self._composing(workspace, instance, notifications)

    def _composing(
        self,
        workspace: Workspace,
        instance: Instance,
        notifications: Callable[[Callable[[], tuple[int, str]]], Iterator[Notification]],
    ) -> Compose:
        owner = self.store[People].user(workspace, instance.user_id)
        form = self._form

        def compose(next_id: Callable[[], int]) -> Iterator[OutgoingNotification]:
            def identify() -> tuple[int, str]:
                number = next_id()
                return number, identities.event_id(workspace, number)

            for notification in notifications(identify):
                yield OutgoingNotification(
                    notification=notification,
                    topic=event.topic(instance),
                    raw=encode_text(event.raw_body(notification, form)),
                    body=event.body(notification, instance, owner, hub=INSIGHTLY.hub, form=form),
                    owner=owner,
                )

        return compose
