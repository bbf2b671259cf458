"""The connectors: what each is, and how each provider is spoken to. Pure."""
