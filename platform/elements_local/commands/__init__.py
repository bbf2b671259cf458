"""The commands of the command line by subject, a module each: parse, one call on the stack, print."""
