"""HTTP: over sockets, to applications of this process, and what may pass."""
