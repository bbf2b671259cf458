"""The guide's instance, under the name that ``docs/python.md`` promises."""

from elements_local.clients.guide import instance_body, poller_entry

__all__ = ["instance_body", "poller_entry"]
