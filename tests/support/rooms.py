"""The stores of the platform's rooms, each call in a transaction of its own."""


class Room:
    """A room's store as it is to who asks it one thing at a time."""

    def __init__(self, store, kind, workspace="acme"):
        self._store, self._kind, self._workspace = store, kind, workspace

    def __getattr__(self, name):
        def call(*args, **options):
            with self._store.transaction(self._workspace) as tx:
                return getattr(self._kind(tx), name)(*args, **options)

        return call
