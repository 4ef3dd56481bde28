"""One fault of the reference Gateway, judged by both suites: all tests in one run, then some of them alone.

Alone run those that were red, and those that the table of faults names. A test that is red among others and
green whenever it is alone is red as a consequence of another test.
"""

import os
import subprocess

from . import go_suite, lab, limits, our_suite
from .testbed import Testbed

# A test that is green alone is run so often before that is believed: a suite that looks at a passing state
# of the subject can be right or wrong by chance.
TRIES = 3


def judge(fault: str, table: list[str], features: str, go_binary: str, scratch: str) -> dict:
    """Judges a fault, none when it is empty, in namespaces of its own; `table` are the tests that should notice."""
    flags = ("--fault", fault) if fault else ()
    return {
        "go": _both_ways(table, lambda *alone: _go(go_binary, features, flags, alone, scratch)),
        "ours": _both_ways(table, lambda *alone: _ours(features, flags, alone, scratch)),
    }


def _both_ways(table: list[str], run) -> dict:
    together = run()
    failed_alone, unsteady = [], []
    for test in sorted({*together["failed"], *table}):
        for attempt in range(TRIES):
            ran = run(test)
            # A run that gave up on one test alone has not found the subject right.
            if ran["failed"] or ran["gave_up"]:
                failed_alone.append(test)
                if attempt > 0 or test not in together["failed"]:
                    unsteady.append(test)
                break
    return together | {"failed_alone": failed_alone, "unsteady": unsteady}


def _chosen(features: str, alone: tuple) -> tuple:
    """Flags of both suites. The features are claimed for a test alone too: what some look for depends on them."""
    test = ("--run-test", *alone) if alone else ()
    return ("--supported-features", features, *test, "--timeout-config-overrides", limits.SHORT)


def _go(binary: str, features: str, flags: tuple, alone: tuple, scratch: str) -> dict:
    code, text = _run(go_suite.command(binary, *_chosen(features, alone)), flags, scratch)
    said = go_suite.parse(text)
    return _told(code, said.passed, said.failed, text)


def _ours(features: str, flags: tuple, alone: tuple, scratch: str) -> dict:
    events = os.path.join(scratch, "events.jsonl")
    command = our_suite.command(lab.our_binary(), *_chosen(features, alone), "--events", events)
    code, text = _run(command, flags, scratch)
    results = our_suite.results(our_suite.read_events(events))
    passed = [test for test, result in results.items() if result == "passed"]
    return _told(code, passed, [test for test, result in results.items() if result == "failed"], text)


def _run(command: list[str], flags: tuple, scratch: str) -> tuple[int, str]:
    """Runs a suite on a fresh testbed: nothing of an earlier run can disturb it."""
    with Testbed(scratch, flags=flags) as testbed:
        ran = subprocess.run(
            [*command, *testbed.addresses],
            env=os.environ | {"KUBECONFIG": testbed.kubeconfig},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return ran.returncode, ran.stdout


def _told(code: int, passed: list[str], failed: list[str], text: str) -> dict:
    gave_up = code != 0 and not failed
    return {
        "passed": len(passed),
        "failed": sorted(failed),
        # The last words of a run that ended without a verdict on any test.
        "gave_up": "\n".join(text.splitlines()[-12:]) if gave_up else "",
    }
