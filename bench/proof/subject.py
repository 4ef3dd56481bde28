"""What both suites judge in turn: the testbed, or a real implementation on the lab's node.

A subject runs a command of a suite and measures it; each run finds a clean cluster.
"""

import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import lab, measured
from .counter import Counter
from .testbed import Testbed

# The clients that are a suite, as the node's audit log names them.
AGENTS = {"go": ("gateway-api-conformance.test", "upstream-conformance"), "ours": ("gateway-conformance",)}


class OnTestbed:
    """A fresh testbed for each run."""

    def __init__(self, scratch: str, flags: tuple[str, ...]):
        self._scratch = scratch
        self._flags = flags

    def run(self, suite: str, command: list[str], output: str) -> dict:
        """Runs and measures a suite."""
        with Testbed(self._scratch, flags=self._flags) as testbed:
            ran = measured.run([*command, *testbed.addresses], output, os.environ | {"KUBECONFIG": testbed.kubeconfig})
        return ran | {"subject_cpu": testbed.cpu}

    def requests(self, suite: str, command: list[str], output: str) -> int:
        """Counts the API requests of a run that is not timed."""
        with Testbed(self._scratch, flags=self._flags) as testbed, Counter(testbed.kubeconfig) as counter:
            measured.run([*command, *testbed.addresses], output, os.environ | {"KUBECONFIG": counter.kubeconfig})
            return counter.counts.total()


class OnNode:
    """An implementation on the lab's node, which must be up; it is started once."""

    def run(self, suite: str, command: list[str], output: str) -> dict:
        """Runs and measures a suite, API requests included, on a node without an earlier run's namespaces."""
        self._wait_until_clean()
        _wait_until_idle()
        since = _now()
        environment = os.environ | {"PYTHONPATH": str(lab.ROOT / "bench")}
        inside = [lab.program(), "exec", sys.executable, "-m", measured.__name__, output, *command]
        ran = subprocess.run(inside, check=True, text=True, stdout=subprocess.PIPE, env=environment)
        counted = lab.ask("requests", "", since, _now())
        return json.loads(ran.stdout) | {"requests": _sum(counted, AGENTS[suite])}

    def _wait_until_clean(self) -> None:
        for _ in range(240):
            if "gateway-conformance" not in lab.ask("kubectl", "get", "namespaces", "-o", "name"):
                return
            time.sleep(0.5)
        raise lab.Missing("the namespaces of an earlier run are still there; see `lab kubectl get namespaces`")


@contextmanager
def implementation(binary: str, arguments: list[str], gateway_class: str, controller: str, log: str) -> Iterator[OnNode]:
    """Starts an implementation on the node, with its GatewayClass."""
    manifest = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GatewayClass",
        "metadata": {"name": gateway_class},
        "spec": {"controllerName": controller},
    }
    command = [lab.program(), "exec", binary, *arguments]
    with open(log, "wb") as words:
        process = subprocess.Popen(command, stdout=words, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        apply = [lab.program(), "kubectl", "apply", "-f", "-"]
        subprocess.run(apply, input=json.dumps(manifest), text=True, check=True, stdout=subprocess.DEVNULL)
        accepted = ["wait", "--for=condition=Accepted", f"gatewayclass/{gateway_class}", "--timeout=60s"]
        lab.ask("kubectl", *accepted)
        yield OnNode()
    except subprocess.CalledProcessError as error:
        words_of_it = pathlib.Path(log).read_text(encoding="utf-8", errors="replace")
        raise lab.Missing(f"{error}; the implementation said: {words_of_it[-2000:]}") from error
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait_until_idle() -> None:
    """The Pods of an earlier run go on to end after their namespaces are gone; a run is not to share the machine with that."""
    for _ in range(60):
        before = _busy()
        time.sleep(1)
        busy, total = (now - then for now, then in zip(_busy(), before))
        if busy < 0.15 * total:
            return


def _busy() -> tuple[int, int]:
    """The time that the machine's processors worked, and all of it, in the kernel's ticks."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]]
    idle = fields[3] + fields[4]
    return sum(fields) - idle, sum(fields)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _sum(counted: str, agents: tuple[str, ...]) -> int:
    """The sum of some clients' requests in what `lab requests` prints: number, client, verbs."""
    rows = (line.split() for line in counted.splitlines())
    return sum(int(row[0]) for row in rows if len(row) > 1 and row[1] in agents)
