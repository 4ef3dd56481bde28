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
    """The tests that the Go suite's release has, as `list` tells them: name, features, since.

    Those of an extension are ours alone.
    """
    command = [lab.our_binary(), "list", "--format", "json", "--suite-version", lab.VERSION]
    listed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return [test for test in listed if "extension" not in test]


def faults() -> list[dict]:
    """The reference Gateway's faults: name, rule, tests that must turn red."""
    listed = subprocess.run([lab.our_binary(), "faults", "--format", "json"], check=True, stdout=subprocess.PIPE)
    return json.loads(listed.stdout)


def results(events: list[dict]) -> dict[str, str]:
    """Each finished test's result: `passed`, `failed`, …"""
    return {event["test"]: event["result"] for event in events if event["event"] == "testFinished"}


def read_events(path: str) -> list[dict]:
    """The events of a run, in order."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
