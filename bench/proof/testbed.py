"""A testbed of ours as a process of its own, for both suites to judge."""

import os
import pathlib
import signal
import subprocess
import time

from . import isolation, lab


class Testbed:
    """A testbed of the Go suite's release; a context manager.

    It has the ports of the Gateways for itself, so only one fits into a network namespace.
    """

    def __init__(self, scratch: str, *, real_api_server: bool = False, flags: tuple[str, ...] = ()):
        self.kubeconfig = os.path.join(scratch, "kubeconfig")
        self.errors = pathlib.Path(scratch, "testbed.err")
        # What a suite is to be told of addresses for Gateways, once it is ready.
        self.addresses: list[str] = []
        # Its CPU time in seconds, once it has ended.
        self.cpu = 0.0
        self._output = pathlib.Path(scratch, "testbed.out")
        self._command = [lab.our_binary(), "testbed", "--bundle-version", lab.VERSION]
        self._command += ["--kubeconfig-output", self.kubeconfig, *flags]
        if real_api_server:
            self._command += ["--api-server", "kube-apiserver", "--address-range", isolation.RANGE]

    def __enter__(self) -> "Testbed":
        with open(self._output, "wb") as output, open(self.errors, "wb") as errors:
            # It keeps the files of its API server in the folder for temporary files.
            environment = os.environ | {"TMPDIR": str(self._output.parent)}
            self._process = subprocess.Popen(self._command, stdout=output, stderr=errors, env=environment)
        while not self._output.read_text().startswith("ready "):
            if self._process.poll() is not None:
                raise lab.Missing(f"the testbed ended: {self.errors.read_text()}")
            time.sleep(0.05)
        told = dict(word.split("=", 1) for word in self._output.read_text().split()[1:])
        self.addresses = ["-usable-address", told["USABLE_ADDRESS"], "-unusable-address", told["UNUSABLE_ADDRESS"]]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
