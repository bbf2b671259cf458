"""The platform's routes, a blueprint for each resource."""
