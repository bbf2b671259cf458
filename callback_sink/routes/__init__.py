"""The sink's routes: the bins, which are everything outside ``/_local``, and the admin routes."""
