"""What is remembered: databases, transactions of one workspace, directories that have one owner."""
