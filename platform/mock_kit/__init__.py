"""What every service stands on: clocks, the wire, the database door, faults, admin routes.

Nothing in here knows a word of the CRM's or the platform's business. Import the module you need;
there is nothing at the top.
"""
