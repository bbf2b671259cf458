"""What happens in a stack, in a line each, for observers."""
