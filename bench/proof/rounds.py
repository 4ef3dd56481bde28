"""Rounds: the Go suite and ours on one subject, in turn."""

import os
import pathlib
import tempfile

from . import critical_path, go_suite, our_suite
from .subject import OnTestbed

SUITES = ("go", "ours")


def on_testbed(flags: list[str], rounds: int, go: list[str], ours: list[str], scratch: str) -> list[dict]:
    """All rounds on a testbed; runs in namespaces of its own."""
    return play(OnTestbed(scratch, tuple(flags)), rounds, {"go": go, "ours": ours})


def play(subject, rounds: int, commands: dict[str, list[str]]) -> list[dict]:
    """Plays the rounds; which suite begins alternates, so that neither always finds a warm machine."""
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for number in range(rounds):
            for suite in SUITES if number % 2 == 0 else reversed(SUITES):
                runs.append(_run(subject, suite, commands[suite], folder))
                print(_line(runs[-1]), flush=True)
        for suite in SUITES:
            uncounted = [run for run in runs if run["suite"] == suite and "requests" not in run]
            if uncounted:
                command, output = _with_files(suite, commands[suite], folder)
                requests = subject.requests(suite, command, output)
                for run in uncounted:
                    run["requests"] = requests
    return runs


def _with_files(suite: str, command: list[str], folder: str) -> tuple[list[str], str]:
    events = ["--events", os.path.join(folder, "events.jsonl")] if suite == "ours" else []
    return command + events, os.path.join(folder, "output")


def _run(subject, suite: str, command: list[str], folder: str) -> dict:
    load = float(pathlib.Path("/proc/loadavg").read_text(encoding="ascii").split()[0])
    command, output = _with_files(suite, command, folder)
    run = {"suite": suite, "load": load} | subject.run(suite, command, output)
    if suite == "go":
        said = go_suite.parse(pathlib.Path(output).read_text(encoding="utf-8", errors="replace"))
        return run | {"passed": len(said.passed), "failed": said.failed}
    events = our_suite.read_events(os.path.join(folder, "events.jsonl"))
    results = our_suite.results(events)
    path = critical_path.legs(events)
    told = sum(leg.took for leg in path)
    return run | {
        "passed": list(results.values()).count("passed"),
        "failed": sorted(test for test, result in results.items() if result == "failed"),
        # What is not between the first event and the last: start and end of the process.
        "outside": run["wall"] - told,
        "owners": critical_path.owners(path),
        "kinds": critical_path.kinds(path),
        "path": [[leg.what, leg.took, leg.parts] for leg in path],
    }


def _line(run: dict) -> str:
    failed = f", failed: {' '.join(run['failed'])}" if run["failed"] else ""
    return (
        f"  {run['suite']:<4} {run['wall']:7.2f} s wall {run['cpu']:6.2f} s CPU {run['memory']:5.0f} MiB "
        f"load {run['load']:.2f} before, {run['passed']} passed{failed}"
    )
