"""Runs both suites on the same subject, in turn, and prints medians, ratios and whose time it was.

The subject is the testbed, once per --lag; with --subject-binary a real implementation on the lab's node
(`lab up` first), whose arguments follow after `--`. With --save NAME the numbers are kept in
bench/results/speed-NAME.json, and docs/bench.md shows them.
"""

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import tempfile

from .. import go_suite, isolation, lab, our_suite, rounds, speed_page, subject

RESULTS = lab.ROOT / "bench/results"
PAGE = lab.ROOT / "docs/bench.md"
CORE_OF_HTTP = ["-conformance-profiles", "GATEWAY-HTTP", "-supported-features", ",".join(lab.CORE)]


def main() -> int:
    """`bench/run`."""
    chosen = arguments()
    flags = our_suite.all_of_gateways() if chosen.all else CORE_OF_HTTP
    if chosen.skip_tests:
        flags += ["-skip-tests", chosen.skip_tests]
    gateway_class = chosen.gateway_class if chosen.subject_binary else go_suite.GATEWAY_CLASS
    commands = {
        "go": go_suite.command(lab.go_suite(), *flags, gateway_class=gateway_class),
        "ours": our_suite.command(lab.our_binary(), *flags, *lanes(chosen.lanes), gateway_class=gateway_class),
    }
    if chosen.subject_binary:
        played = [on_node(chosen, commands)]
    else:
        played = [on_testbed(lag, chosen, commands) for lag in chosen.lag or ["0"]]
    if chosen.save:
        save(chosen.save, played)
    for subject_played in played:
        print()
        print(speed_page.render(subject_played))
    return 0 if all(passed(subject_played["runs"]) for subject_played in played) else 1


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds, each with a run of each suite (5)")
    parser.add_argument("--lag", action="append", metavar="TIME", help="configuration of the testbed takes effect so late, such as 100ms; repeatable (0)")
    parser.add_argument("--lanes", type=int, default=1, metavar="N", help="copies of the base environment that our suite uses (1)")
    parser.add_argument("--all", action="store_true", help="all tests of all Gateway profiles, not the core of GATEWAY-HTTP")
    parser.add_argument("--skip-tests", metavar="LIST", help="tests that neither suite runs, comma separated")
    parser.add_argument("--save", metavar="NAME", help="keep the numbers under this name, and show them in docs/bench.md")
    parser.add_argument("--subject-binary", metavar="PATH", help="an implementation that runs as a single process")
    parser.add_argument("--gateway-class", metavar="NAME", help="the name of its GatewayClass")
    parser.add_argument("--controller-name", metavar="NAME", help="the controllerName of its GatewayClass")
    parser.add_argument("subject_arguments", nargs="*", metavar="-- ARGUMENT", help="its arguments")
    chosen = parser.parse_args()
    if chosen.subject_binary and not (chosen.gateway_class and chosen.controller_name):
        parser.error("--subject-binary needs --gateway-class and --controller-name")
    return chosen


def lanes(number: int) -> list[str]:
    """The flag for so many copies of the base environment; the Go suite has one."""
    return [] if number == 1 else ["--lanes", str(number)]


def on_testbed(lag: str, chosen: argparse.Namespace, commands: dict[str, list[str]]) -> dict:
    """The rounds on a testbed."""
    print(f"testbed, lag {lag}:", flush=True)
    flags = [] if lag == "0" else ["--lag", f"configuration={lag}"]
    runs = isolation.call(rounds.on_testbed, flags=flags, rounds=chosen.rounds, **commands)
    title = f"The testbed, lag {lag}" + ("" if chosen.lanes == 1 else f", {chosen.lanes} lanes of ours")
    goals = speed_page.TESTBED_GOALS if lag == "0" and chosen.lanes == 1 else {}
    if chosen.all:
        title, goals = f"{title}, all Gateway profiles", speed_page.ALL_GOALS.get(lag, {})
    return {"title": title, "runs": runs, "goals": goals}


def on_node(chosen: argparse.Namespace, commands: dict[str, list[str]]) -> dict:
    """The rounds on the lab's node."""
    print(f"{chosen.subject_binary} on the lab's node:", flush=True)
    with tempfile.NamedTemporaryFile() as log, subject.implementation(
        chosen.subject_binary, chosen.subject_arguments, chosen.gateway_class, chosen.controller_name, log.name
    ) as node:
        runs = rounds.play(node, chosen.rounds, commands)
    title = f"GatewayClass {chosen.gateway_class} on the lab's node"
    return {"title": title, "runs": runs, "goals": speed_page.NODE_GOALS}


def passed(runs: list[dict]) -> bool:
    """Whether both suites passed always: the speed of a failing run says nothing."""
    return all(run["code"] == 0 and not run["failed"] for run in runs)


def save(name: str, played: list[dict]) -> None:
    """Keeps what was measured, and shows all that is kept on the page."""
    kept = {
        "date": datetime.date.today().isoformat(),
        "cores": os.cpu_count(),
        "ours": subprocess.run([lab.our_binary(), "-V"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip(),
        "played": played,
    }
    with open(RESULTS / f"speed-{name}.json", "w", encoding="utf-8") as output:
        json.dump(kept, output, indent=1)
        output.write("\n")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(speed_page.show(text, read(RESULTS)), encoding="utf-8")


def read(folder: pathlib.Path) -> list[dict]:
    """All that is kept."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("speed-*.json"))]
