"""The kit that every service stands on: clocks, HTTP, the database, workspaces, faults, the journal, admin routes.

Nothing in here knows a word of the CRM's or the platform's business. Import the module you need;
there is nothing at the top.
"""
