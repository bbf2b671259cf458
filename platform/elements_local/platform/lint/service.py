"""``/_local/warnings``, and the header that says the same with the answer to a change: what users will regret."""

from datetime import timedelta

from msgspec.json import Decoder
from sqlalchemy import bindparam, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.masks import mask_url
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction
from elements_local.platform.call import OpenCall
from elements_local.platform.core.instance import Instance, Values
from elements_local.platform.core.tables import body_warnings
from elements_local.platform.elements.connector import Element
from elements_local.platform.errors import NotFoundError
from elements_local.platform.lint.instance import LintContext, of_instance
from elements_local.platform.lint.warning import ConfigWarnings

HEADER = "Elements-Local-Warnings"
WARNING_HEADERS = {
    HEADER: (
        "only if there is something to say: what of the instance's configuration will have no effect, or another than it "
        'may be meant to: a JSON array in ASCII of {"rule", "path", "message", "nearest"}, of 4096 bytes at the most; '
        "if that is too little, the rule of the last is `more`"
    )
}
"""For the declaration of what makes or changes an instance."""


def warnings_of(call: OpenCall, instance: Instance, of_body: ConfigWarnings) -> ConfigWarnings:
    """Return all that is to be said of an instance.

    Args:
        of_body: what was said of the body that it was last changed by.
    """
    context = lint_context(call, call.element_of(instance), instance.configuration)
    return of_instance(instance.configuration, of_body, context, instance.objects)


def lint_context(
    call: OpenCall, element: Element, values: Values, *, lag: timedelta = timedelta(0)
) -> LintContext:
    """Return what rules depend on in this platform.

    Args:
        values: the configuration by which the provider is reached.
    """

    def fields(resource: str) -> list[str]:
        client = call.catalogue.connector(element.key).client(call.wire, values)
        try:
            return [field["vendorPath"] for field in client.fields(resource, ask=False)]
        except NotFoundError:  # nothing can have the name, and its poll says so
            return []

    return LintContext(
        element=element,
        empty_block=call.settings.empty_block,
        refusal=lambda url: call.platform.outbound.refusal(mask_url(url)),
        fields=fields,
        lag=lag,
    )


def send_along(call: OpenCall, warnings: ConfigWarnings) -> None:
    """Say with the answer to a call what there is to say."""
    text = warnings.header()
    if text is not None:
        call.facts.headers[HEADER] = lambda: text


_warnings = Decoder(ConfigWarnings)
_all = WorkspaceStatement(select(body_warnings))
_this = body_warnings.c.instance_id == bindparam("of_id")
_one = WorkspaceStatement(select(body_warnings).where(_this))
_add = WorkspaceStatement(body_warnings.insert())
_forget = WorkspaceStatement(body_warnings.delete().where(_this))


class BodyWarnings:
    """What was said of the latest bodies of a workspace's instances, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def replace(self, instance_id: int, found: ConfigWarnings) -> None:
        """Put what is said of a body in the place of what was said of the one before."""
        self.forget(instance_id)
        self.add(instance_id, found)

    def add(self, instance_id: int, found: ConfigWarnings) -> None:
        """Keep what is said of an instance's first body."""
        # Most bodies give nothing to say, and need no row.
        if found.listed:
            self._tx.run(_add, instance_id=instance_id, warnings=encode_text(found))

    def forget(self, instance_id: int) -> None:
        """Forget what was said, as the instance is deleted."""
        self._tx.run(_forget, of_id=instance_id)

    def of(self, instance_id: int) -> ConfigWarnings:
        """Return what was said of an instance's latest body."""
        row = self._tx.first(_one, of_id=instance_id)
        return ConfigWarnings() if row is None else _warnings.decode(row.warnings)

    def all(self) -> dict[int, ConfigWarnings]:
        """Return what was said, by instance; nothing of those without anything to say."""
        return {row.instance_id: _warnings.decode(row.warnings) for row in self._tx.all(_all)}
