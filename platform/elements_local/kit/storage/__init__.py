"""What is remembered: databases, snapshots of rows, directories that have one owner."""
