"""Dates as poller configurations write them: Java patterns, zones, templates. Pure."""
