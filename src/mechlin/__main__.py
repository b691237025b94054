"""``python -m mechlin``: the same as ``mechlin``, for where the command is not on the path."""

import sys

from mechlin.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
