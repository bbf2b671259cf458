"""From changes of an instance's records to what its receiver is sent, and what is kept of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count

from msgspec import Struct

from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.core import identities
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.core.settings import PlatformSettings
from elements_local.platform.events import event
from elements_local.platform.events.event import CallbackForm, EventStatus, Found
from elements_local.platform.events.records import Notification
from elements_local.platform.events.store_notifications import NewNotification, Notifications


class NotificationComposer(Struct, frozen=True, kw_only=True):
    """Makes an instance's notifications: what is kept of each, and the exact bytes of its callbacks.

    Attributes:
        owner: of the instance.
        hub: of its element.
    """

    workspace: Workspace
    instance: Instance
    owner: User
    hub: str
    form: CallbackForm

    def add_events(
        self,
        notifications: Notifications,
        resource: str,
        changes: Sequence[Found],
        *,
        at: datetime,
        fresh: EventStatus = EventStatus.NEW,
    ) -> None:
        """Write the notifications of changes, one at a time, since each has all the records."""
        first_id = self._take_ids(notifications, self.form.batches(len(changes)))
        ids = ((number, identities.event_id(self.workspace, number)) for number in count(first_id))
        shared_raw = None
        for notification in event.notifications(resource, changes, poll_at=at, form=self.form, ids=ids):
            new = self._new(notification, first_id=first_id, shared_raw=shared_raw)
            notifications.publish(new, fresh=fresh)
            shared_raw = shared_raw or new.raw

    def tell_payload(
        self, notifications: Notifications, payload: Mapping[str, object], *, at: datetime
    ) -> None:
        """Write the one notification of what a provider sent."""
        number = self._take_ids(notifications, 1)
        notification = event.received(number, identities.event_id(self.workspace, number), payload, at=at)
        notifications.publish(self._new(notification), fresh=EventStatus.RECEIVED)

    def _take_ids(self, notifications: Notifications, batches: int) -> int:
        return notifications.take_ids(batches, first=identities.first_notification_id(self.workspace))

    def _new(
        self, notification: Notification, *, first_id: int = 0, shared_raw: str | None = None
    ) -> NewNotification:
        form, apart = self.form, shared_raw is not None
        return NewNotification(
            id=notification.id,
            event_id=notification.event_id,
            instance_id=self.instance.id,
            topic=event.topic(self.instance),
            created=notification.created,
            raw=str(first_id) if apart else event.raw_text(notification, form),
            shared_raw=shared_raw,
            body=event.body(notification, self.instance, self.owner, hub=self.hub, form=form, apart=apart),
            owner=self.owner,
        )


def composer_of(
    settings: PlatformSettings, workspace: Workspace, instance: Instance, *, hub: str
) -> NotificationComposer:
    """Return what makes an instance's notifications."""
    return NotificationComposer(
        workspace=workspace,
        instance=instance,
        owner=user_of(workspace),
        hub=hub,
        form=CallbackForm(batch_size=settings.batch_size, raw=settings.raw_form),
    )
