"""`python -m janitor`, and the entry point of the command."""

import signal
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. A Ctrl-C while it is still being loaded ends it, too, without a traceback."""
    try:
        from janitor.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    run()


if __name__ == "__main__":
    main()
