"""The admin routes that every service has below ``/_local``, those of one that runs alone included."""
