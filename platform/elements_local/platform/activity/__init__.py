"""What happens in a stack, told in a line each to whoever watches."""
