"""What comes from elsewhere: our binary, and the lab with the Go suite and a real cluster.

The lab is a program that builds and runs what is no part of this repository; its folder is named by
GATEWAY_LAB, and what it builds stays outside the clone.
"""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The release that the Go suite of the lab is of.
VERSION = "v1.6.3"
# The features of the core of GATEWAY-HTTP.
CORE = ("Gateway", "HTTPRoute", "ReferenceGrant")


class Missing(Exception):
    """What is needed is not there; the text says what to do."""


def our_binary() -> str:
    """The path of our suite: GATEWAY_CONFORMANCE_BINARY, or what a release build leaves."""
    given = os.environ.get("GATEWAY_CONFORMANCE_BINARY")
    path = pathlib.Path(given) if given else ROOT / "target/release/gateway-conformance"
    if not os.access(path, os.X_OK):
        raise Missing(f"{path} is not there: cargo build --release, or set GATEWAY_CONFORMANCE_BINARY")
    return str(path.resolve())


def program() -> str:
    """The path of the lab's program."""
    path = pathlib.Path(os.environ.get("GATEWAY_LAB") or ROOT / "../shared/lab/lab")
    if not os.access(path, os.X_OK):
        raise Missing(f"there is no lab at {path} (set GATEWAY_LAB)")
    return str(path.resolve())


def ask(*arguments: str) -> str:
    """What the lab prints for these arguments; it builds what is missing for them first."""
    return subprocess.run([program(), *arguments], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def go_suite() -> str:
    """The path of the Go suite, one binary."""
    return ask("upstream")


def real_api_server() -> dict[str, str]:
    """The environment with which a testbed finds a real kube-apiserver and the definitions for it."""
    return {"KUBEBUILDER_ASSETS": ask("assets"), "GATEWAY_API_CRDS": ask("crds", VERSION)}
