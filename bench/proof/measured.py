"""Runs a program and measures it: wall time, CPU time, peak memory, those of its children included.

As a program it does so for a command that runs elsewhere, such as on the lab's node:
python3 -m proof.measured OUTPUT_FILE COMMAND...
"""

import json
import os
import sys
import time


def run(command: list[str], output: str, environment: dict[str, str]) -> dict:
    """Runs a program with its words in a file.

    The peak is never below this interpreter's own, some 15 MiB: the kernel starts from it.
    """
    words = (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    began = time.monotonic()
    process = os.posix_spawnp(
        command[0], command, environment, file_actions=[words, (os.POSIX_SPAWN_DUP2, 1, 2)]
    )
    _, status, usage = os.wait4(process, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "wall": time.monotonic() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[2:], sys.argv[1], dict(os.environ))))
