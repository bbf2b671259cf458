"""Findings of a poller's configuration: read from the platform, written for people, and shown to bite by a scenario each."""
