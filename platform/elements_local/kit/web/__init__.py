"""HTTP: as a value, over sockets, to applications of this process, and what may pass."""
