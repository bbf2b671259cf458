"""What every subject uses: values, refusals, ids, tables, and what routes are given."""
