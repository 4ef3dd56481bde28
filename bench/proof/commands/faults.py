"""Runs both suites on a testbed with each fault of the reference Gateway, one fault at a time.

Results are kept, a line per fault, so that it can be interrupted and goes on where it was; a fault whose
row in the table of faults has changed since is judged again. --print writes docs/faults.md from them.
"""

import argparse
import concurrent.futures
import json
import pathlib

from .. import fault_run, faults_page, isolation, lab, our_suite

RESULTS = lab.ROOT / "bench/results/faults.jsonl"
PAGE = lab.ROOT / "docs/faults.md"


def main() -> int:
    """`bench/faults`."""
    parser = argparse.ArgumentParser(prog="bench/faults", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="judge these again; without any, what is missing")
    parser.add_argument("--at-once", type=int, default=3, metavar="N", help="so many faults at a time (3)")
    parser.add_argument("--fault-free", type=int, metavar="N", help="judge a testbed without a fault N times instead")
    parser.add_argument("--print", action="store_true", dest="page", help=f"write {PAGE.name} from the results instead")
    parser.add_argument("--check", action="store_true", help="only tell which faults have no up-to-date result")
    chosen = parser.parse_args()
    if chosen.check:
        return check()
    if chosen.page:
        PAGE.write_text(faults_page.render(read(RESULTS)), encoding="utf-8")
        return 0
    if chosen.fault_free:
        return fault_free(chosen.fault_free, chosen.at_once)
    return run(set(chosen.faults), chosen.at_once)


def read(path: pathlib.Path) -> list[dict]:
    """The records so far."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def run(named: set[str], at_once: int) -> int:
    """Judges the named faults, or those without an up-to-date record."""
    rows = table()
    unknown = named - rows.keys()
    if unknown:
        raise SystemExit(f"no such fault: {', '.join(sorted(unknown))}")
    records = {record["fault"]: record for record in read(RESULTS) if record["fault"] in rows}
    wanted = sorted(named or stale(rows, records))
    print(f"{len(wanted)} of {len(rows)} faults to judge")
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        judged = {pool.submit(judge, name, rows[name]): name for name in wanted}
        for count, ended in enumerate(concurrent.futures.as_completed(judged), 1):
            name = judged[ended]
            records[name] = {"fault": name, "row": rows[name], **ended.result()}
            write(RESULTS, records)
            print(f"{count}/{len(wanted)} {name}: {short(records[name])}", flush=True)
    return 0


def stale(rows: dict[str, dict], records: dict[str, dict]) -> set[str]:
    """The faults without a record, or with one of another row."""
    return {name for name, row in rows.items() if records.get(name, {}).get("row") != row}


def check() -> int:
    """Whether each fault has an up-to-date record, and none is there of a fault that is gone."""
    rows = table()
    records = {record["fault"]: record for record in read(RESULTS)}
    odd = sorted(stale(rows, records) | (records.keys() - rows.keys()))
    if odd:
        print(f"run bench/faults and bench/faults --print; these have no result as they are now: {', '.join(odd)}")
    return 1 if odd else 0


def judge(fault: str, row: dict) -> dict:
    """Both suites' verdicts on a testbed with one fault, or with none."""
    table = [test for test in row["tests"] if test not in row["later"]]
    return isolation.call(
        fault_run.judge, fault=fault, table=table, features=our_suite.features(), go_binary=lab.go_suite()
    )


def table() -> dict[str, dict]:
    """The table of faults by name; `later` are those of its tests that are younger than the Go suite."""
    known = {test["name"] for test in our_suite.tests()}
    return {
        fault["name"]: {
            "rule": fault["rule"],
            "tests": fault["tests"],
            "later": [test for test in fault["tests"] if test not in known],
        }
        for fault in our_suite.faults()
    }


def write(path: pathlib.Path, records: dict[str, dict]) -> None:
    """Writes all records, so that an interrupted run leaves whole ones."""
    text = "".join(json.dumps(records[name]) + "\n" for name in sorted(records))
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def short(record: dict) -> str:
    """A record in a few words."""

    def of(suite: dict) -> str:
        if suite["gave_up"]:
            return "gave up"
        return f"{len(suite['failed'])} red of {len(suite['failed']) + suite['passed']}, {len(suite['failed_alone'])} alone"

    return f"Go suite {of(record['go'])}; ours {of(record['ours'])}"


def fault_free(times: int, at_once: int) -> int:
    """Whether both suites pass with the same limits where there is no fault."""
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        ran = list(pool.map(lambda _: judge("", {"tests": [], "later": []}), range(times)))
    right = 0
    for record in ran:
        print(short(record), record["go"]["failed"] + record["ours"]["failed"] or "")
        right += not any(record[suite]["failed"] or record[suite]["gave_up"] for suite in ("go", "ours"))
    print(f"both suites passed {right} of {times} times, {at_once} at once")
    return 0 if right == times else 1
