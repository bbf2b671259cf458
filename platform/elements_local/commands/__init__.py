"""The commands of the command line by subject: parse, one call on the stack, print. ``cli.py`` says which module has which."""
