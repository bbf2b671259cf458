"""The commands of the command line, a module each: parse, one call on the stack, print."""
