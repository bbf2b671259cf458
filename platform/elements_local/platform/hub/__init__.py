"""The hub: a provider's records, asked for and changed through an instance."""
