"""`python -m upward_asgi.cli` is `upward`."""

import sys

from . import main

__all__: list[str] = []

sys.exit(main())
