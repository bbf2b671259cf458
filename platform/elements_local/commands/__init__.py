"""The commands, a module each: parse, one call on the stack, print."""
