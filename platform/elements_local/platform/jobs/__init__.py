"""Work that falls due: jobs, their schedules, and runs of them that are under way."""
