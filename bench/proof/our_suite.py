"""Our suite: how it is asked, and what it said."""

import json
import subprocess

from . import lab
from .go_suite import GATEWAY_CLASS


def command(binary: str, *flags: str, gateway_class: str = GATEWAY_CLASS) -> list[str]:
    """The command line; without a flag about features it reads them from the GatewayClass."""
    return [binary, "run", "--gateway-class", gateway_class, *flags]


def all_of_gateways() -> list[str]:
    """The flags for all tests of all Gateway profiles, which both suites take."""
    profiles = ",".join(f"GATEWAY-{route}" for route in ("GRPC", "HTTP", "TCP", "TLS", "UDP"))
    return ["-conformance-profiles", profiles, "-supported-features", features()]


def features() -> str:
    """The features that our tests are about: what the Go suite tests beyond them is not compared."""
    return ",".join(sorted({feature for test in tests() for feature in test["features"]}))


def tests() -> list[dict]:
    """The tests that the Go suite's release has, as `list` tells them: name, features, since."""
    return [test for test in _listed("list", "--suite-version", lab.VERSION) if "extension" not in test]


def faults() -> list[dict]:
    """The reference Gateway's faults that tests of the Go suite notice: name, rule, tests that must turn red.

    The tests of extensions are ours alone, and so are the faults that no others notice.
    """
    extensions = {test["name"] for test in _listed("list") if "extension" in test}
    faults = [
        fault | {"tests": [test for test in fault["tests"] if test not in extensions]}
        for fault in _listed("faults")
    ]
    return [fault for fault in faults if fault["tests"]]


def _listed(*command: str) -> list[dict]:
    asked = [lab.our_binary(), *command, "--format", "json"]
    return json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout)


def results(events: list[dict]) -> dict[str, str]:
    """Each finished test's result: `passed`, `failed`, …"""
    return {event["test"]: event["result"] for event in events if event["event"] == "testFinished"}


def read_events(path: str) -> list[dict]:
    """The events of a run, in order."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
