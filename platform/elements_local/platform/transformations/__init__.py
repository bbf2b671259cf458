"""Object definitions and transformations: an instance's own names for objects and fields."""
