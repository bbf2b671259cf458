"""The Insightly connector: its dialect, fields and conditions. Pure."""
