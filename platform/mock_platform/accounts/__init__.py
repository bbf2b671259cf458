"""Organizations, accounts, users, roles and the workspaces they belong to: who calls, and what they may do."""
