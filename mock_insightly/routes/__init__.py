"""The CRM's routes: records and users of every version, and the admin routes that only the CRM has."""
