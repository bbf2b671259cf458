"""What commands have in common: their options, where they find a running stack, and how they print."""
