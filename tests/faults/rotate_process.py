"""One change of the master key in a process of its own, which dies at a step.

A step is a file that appears, is replaced or goes. The number of the step is
the argument; `done` is said when there were fewer.
"""

import os
import signal
import sys

from core.kernel.keys import master_key
from core.kernel.rotation import open_keyring, rotate
from core.kernel.settings import Settings

STEPS = ("os.rename", "os.link", "os.remove", "open")


def main(last: int, given: str | None) -> None:
    settings = Settings.load()
    ring = open_keyring(settings)
    master_key(settings)
    count = 0

    def look(event: str, _args: object) -> None:
        nonlocal count
        if event in STEPS:
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    rotate(settings, ring, given)
    print("done", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.stdin.readline().strip() or None)
