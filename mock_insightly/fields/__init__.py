"""The fields of records: their types and dates, rows within a record, and what an account defines of its own."""
