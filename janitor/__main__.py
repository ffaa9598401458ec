"""`python -m janitor`, and the entry point of the command."""

from janitor.cli.app import main

if __name__ == "__main__":
    main()
