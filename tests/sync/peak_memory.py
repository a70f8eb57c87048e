"""Syncs one repository in a process of its own, and prints the most memory that it held at once.

python -m tests.sync.peak_memory SOCKET_FOLDER DATABASE GITHUB_URL REPOSITORY_ID
"""

from __future__ import annotations

import sys
import tracemalloc

from tests.sync.sync_in_a_process import main

if __name__ == "__main__":
    tracemalloc.start()
    main(*sys.argv[1:])
    print(tracemalloc.get_traced_memory()[1])
