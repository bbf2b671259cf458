"""The admin routes that only the CRM has."""
