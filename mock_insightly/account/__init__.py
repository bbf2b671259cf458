"""The account whose CRM it is: its users, rights, limits and definitions."""
