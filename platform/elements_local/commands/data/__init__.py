"""Commands about what a stack keeps: records, workspaces, its database."""
