"""docs/faults.md: which suite notices which fault, made from the results alone."""

from collections.abc import Callable, Iterable

from .fault_run import TRIES
from .lab import VERSION

HEAD = f"""\
# The faults, and which suite notices them

<!-- Generated from bench/results/faults.jsonl by `bench/faults --print`. Never edited. -->

Each fault of the reference Gateway breaks one rule of the Gateway API. Both suites judged a testbed with that fault
alone, definitions and tests of {VERSION}, the features of our tests, the same short limits: all tests in one run, then
alone, on a fresh testbed each, those that were red and those that our table of faults names.

`bench/faults` judges what has no result yet, `bench/faults FAULT` judges again, and both suites pass the testbed without
a fault with the same limits (`bench/faults --fault-free 10`).
"""


def render(records: list[dict]) -> str:
    """The whole page."""
    seen = [record for record in records if _compared(record)]
    both = [record for record in seen if notices(record["go"]) and notices(record["ours"])]
    sections = [
        HEAD,
        _summary(records, seen),
        _section(
            "Only the Go suite notices",
            "There must be none.",
            [record for record in seen if notices(record["go"]) and not notices(record["ours"])],
            ("fault", "the rule", "Go suite"),
            lambda record: (_rule(record), _red(record["go"])),
        ),
        _section(
            "Only ours notices",
            "",
            [record for record in seen if notices(record["ours"]) and not notices(record["go"])],
            ("fault", "the rule", "ours"),
            lambda record: (_rule(record), _red(record["ours"])),
        ),
        _section(
            "Red as a mere consequence",
            f"Red in the run of all tests, and green alone {TRIES} times: what another test did or left made it red. Such tests are found when that happens.",
            [record for record in seen if consequences(record["go"]) or consequences(record["ours"])],
            ("fault", "Go suite", "ours"),
            lambda record: tuple(_tests(consequences(record[suite])) for suite in ("go", "ours")),
        ),
        _section(
            "Noticed by chance",
            "Red in some runs on a testbed with the fault and green in others: such a test looks at a state that passes by.",
            [record for record in seen if record["go"]["unsteady"] or record["ours"]["unsteady"]],
            ("fault", "Go suite", "ours"),
            lambda record: tuple(_tests(record[suite]["unsteady"]) for suite in ("go", "ours")),
        ),
        _section(
            "Both notice, by different tests",
            "",
            [record for record in both if not _same(record)],
            ("fault", "red in both", "only in the Go suite", "only in ours"),
            _side_by_side,
        ),
        _section(
            "Both notice, by the same tests",
            "",
            [record for record in both if _same(record)],
            ("fault", "the rule", "red in both"),
            lambda record: (_rule(record), _tests(own(record["go"]))),
        ),
        _section(
            "Not compared",
            f"What shows these came into the tests after {VERSION}: the Go suite of {VERSION} cannot see them, nor do ours at {VERSION}.",
            [record for record in records if not _compared(record)],
            ("fault", "the rule", "our tests that notice at the newest release"),
            lambda record: (_rule(record), _tests(record["row"]["tests"])),
        ),
    ]
    return "\n".join(section for section in sections if section)


def notices(suite: dict) -> bool:
    """Whether a suite finds the fault, however it tells."""
    return bool(suite["failed"] or suite["failed_alone"] or suite["gave_up"])


def consequences(suite: dict) -> list[str]:
    """The tests that are red only beside others."""
    return [test for test in suite["failed"] if test not in suite["failed_alone"]]


def own(suite: dict) -> set[str]:
    """The tests that find the fault by themselves."""
    return set(suite["failed_alone"])


def _same(record: dict) -> bool:
    return own(record["go"]) == own(record["ours"]) and not record["go"]["gave_up"] and not record["ours"]["gave_up"]


def _compared(record: dict) -> bool:
    return notices(record["go"]) or notices(record["ours"])


def _summary(records: list[dict], seen: list[dict]) -> str:
    both = [record for record in seen if notices(record["go"]) and notices(record["ours"])]
    counts = [
        (len(records), "faults"),
        (len(both), "noticed by both suites"),
        (sum(map(_same, both)), "of them by the same tests"),
        (sum(notices(record["go"]) and not notices(record["ours"]) for record in seen), "only by the Go suite"),
        (sum(notices(record["ours"]) and not notices(record["go"]) for record in seen), "only by ours"),
        (len(records) - len(seen), f"only by what came into the tests after {VERSION}, so not compared"),
    ]
    rows = "\n".join(f"| {name} | {count} |" for count, name in counts)
    return f"| | |\n|---|--:|\n{rows}\n"


def _section(
    title: str, text: str, records: Iterable[dict], heads: tuple[str, ...], cells: Callable[[dict], tuple[str, ...]]
) -> str:
    records = list(records)
    lines = [f"## {title}", ""]
    if text:
        lines += [text, ""]
    if not records:
        lines += ["None.", ""]
        return "\n".join(lines)
    lines += ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join((f"`{record['fault']}`", *cells(record))) + " |" for record in records]
    return "\n".join([*lines, ""])


def _side_by_side(record: dict) -> tuple[str, ...]:
    go, ours = own(record["go"]), own(record["ours"])
    gave_up = {suite: ["*gave up before its first test*"] * bool(record[suite]["gave_up"]) for suite in ("go", "ours")}
    return _tests(go & ours), _tests([*sorted(go - ours), *gave_up["go"]]), _tests([*sorted(ours - go), *gave_up["ours"]])


def _red(suite: dict) -> str:
    return _tests({*suite["failed"], *suite["failed_alone"]}) or "*gave up before its first test*"


def _tests(tests: Iterable[str]) -> str:
    return ", ".join(sorted(tests))


def _rule(record: dict) -> str:
    return record["row"]["rule"].replace("|", "\\|")

