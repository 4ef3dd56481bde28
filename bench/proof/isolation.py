"""Network namespaces: each testbed has its own addresses and ports, and nothing outlives it.

A command of this folder calls `call`, which runs a Python function in namespaces of its own: network,
mounts and processes. With the first process in there all others end, whatever happened to them.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

# A real API server refuses EndpointSlices with loopback addresses; these are local in the namespace.
RANGE = "10.244.0.0/16"


class Ended(Exception):
    """What ran in the namespaces ended without an answer."""


def call(function: Callable[..., Any], **arguments: Any) -> Any:
    """Calls a function of a module with JSON arguments in namespaces of its own; returns its JSON answer.

    The function gets `scratch` too, a folder that is gone afterwards.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer_read, answer_write = os.pipe()
        command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        command += [sys.executable, "-m", __name__, function.__module__, function.__name__]
        command += [json.dumps(arguments), folder, str(answer_write)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(command, pass_fds=[answer_write], env=environment) as process:
            os.close(answer_write)
            with open(answer_read, encoding="utf-8") as answers:
                answer = answers.read()
    if not answer:
        raise Ended(f"{function.__name__}({arguments}) ended with exit code {process.returncode} and no answer")
    return json.loads(answer)


def _inside(module: str, function: str, arguments: str, scratch: str, answer: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", scratch], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "route", "add", "local", RANGE, "dev", "lo"], check=True)
    result = getattr(importlib.import_module(module), function)(**json.loads(arguments), scratch=scratch)
    with open(int(answer), "w", encoding="utf-8") as answers:
        json.dump(result, answers)


if __name__ == "__main__":
    _inside(*sys.argv[1:])
