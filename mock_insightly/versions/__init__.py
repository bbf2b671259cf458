"""The versions of the API: how each shows, reads and searches the records of the one store."""
