"""Runs the Go suite on our testbed, with the features that its GatewayClass claims: all must pass.

Each test of ours that is of the Go suite's release has a twin there of the same name, which must have run: those of
features that the class does not claim are asked for by name.
"""

import argparse
import os
import subprocess
import time
from collections.abc import Iterable

from .. import go_suite, isolation, lab, our_suite
from ..testbed import Testbed

# One Gateway that never becomes ready would cost the five minutes that it waits for all of a namespace.
LIMITS = "NamespacesMustBeReady:60"
# Of the experimental channel, whose fields a real API server with the standard definitions drops.
EXPERIMENTAL = "HTTPRouteRetry"


def judge(binary: str, real_api_server: bool, wanted: dict[str, str], scratch: str) -> dict:
    """Runs the Go suite on a testbed, in namespaces of its own."""
    with Testbed(scratch, real_api_server=real_api_server) as testbed:
        environment = os.environ | {"KUBECONFIG": testbed.kubeconfig}

        def run(*flags: str) -> subprocess.CompletedProcess[str]:
            command = go_suite.command(binary, "-timeout-config-overrides", LIMITS, *testbed.addresses, *flags)
            return subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
            )

        began = time.monotonic()
        runs = [run()]
        wall = time.monotonic() - began
        for test in absent(wanted, go_suite.parse(runs[0].stdout)):
            runs.append(run("-supported-features", wanted[test], "-run-test", test))
        return {
            "code": max(ran.returncode for ran in runs),
            "output": "\n".join(ran.stdout for ran in runs),
            "wall": wall,
            "testbed": testbed.errors.read_text(),
        }


def absent(wanted: Iterable[str], outcome: go_suite.Outcome) -> list[str]:
    """The tests that did not run."""
    return sorted(set(wanted) - set(outcome.passed) - set(outcome.failed))


def report(name: str, ran: dict, wanted: Iterable[str]) -> bool:
    """Prints what failed and a closing line; tells whether all is well."""
    outcome = go_suite.parse(ran["output"])
    for test in outcome.failed:
        print(f"--- {test} failed:\n{outcome.output[test]}\n")
    if ran["code"] != 0:
        if not outcome.failed:
            print("\n".join(ran["output"].splitlines()[-60:]))
        print(ran["testbed"], end="")
    left = absent(wanted, outcome)
    if left:
        print(f"in our suite and not run by the Go suite: {', '.join(left)}")
    count = len(outcome.passed) + len(outcome.failed)
    print(f"Go suite {lab.VERSION} on the testbed with {name}: {len(outcome.passed)} of {count} passed in {ran['wall']:.1f} s")
    return ran["code"] == 0 and not left and not outcome.failed


def main() -> int:
    """`bench/go-suite`."""
    parser = argparse.ArgumentParser(prog="bench/go-suite", description=__doc__)
    parser.add_argument("api_server", choices=["embedded", "kube-apiserver"], nargs="+")
    chosen = parser.parse_args().api_server
    binary = lab.go_suite()
    wanted = {test["name"]: ",".join(test["features"]) for test in our_suite.tests()}
    well = True
    for name in chosen:
        real = name == "kube-apiserver"
        if real:
            os.environ |= lab.real_api_server()
        here = {test: features for test, features in wanted.items() if not (real and EXPERIMENTAL in features.split(","))}
        well &= report(name, isolation.call(judge, binary=binary, real_api_server=real, wanted=here), here)
    return 0 if well else 1
