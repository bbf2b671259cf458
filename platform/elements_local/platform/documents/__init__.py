"""Swagger 2.0 documents of elements and instances."""
