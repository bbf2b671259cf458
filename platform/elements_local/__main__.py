"""``python -m elements_local``: the command line."""

from elements_local.commands.cli import main

if __name__ == "__main__":
    main(prog_name="python -m elements_local")
