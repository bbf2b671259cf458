"""The pages of the dashboard: a blueprint for each kind of them, which asks, shows, and does what a form says."""
