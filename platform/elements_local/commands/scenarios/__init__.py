"""Commands that make scenarios, of nothing or of what happened, and run them."""
