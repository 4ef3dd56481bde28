"""The Go suite: how it is asked, and what it said."""

import dataclasses
import re

GATEWAY_CLASS = "gateway-conformance"

_RESULT = re.compile(r"^    --- (PASS|FAIL|SKIP): TestConformance/([^/ ]+) \(")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
_SPEAKER = re.compile(r"^=== (?:RUN|CONT|NAME|PAUSE) +TestConformance/([^/ ]+)")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a run of the Go suite said about each test, and its words about those that failed."""

    passed: list[str]
    failed: list[str]
    # By failed test.
    output: dict[str, str]


def command(binary: str, *flags: str, gateway_class: str = GATEWAY_CLASS) -> list[str]:
    """The command line; without a flag about features it reads them from the GatewayClass."""
    return [binary, "-test.v", "-test.timeout", "60m", "-gateway-class", gateway_class, *flags]


def parse(text: str) -> Outcome:
    """Reads what it printed with -test.v.

    A run that gave up before its first test has neither passed nor failed ones.
    """
    results: dict[str, list[str]] = {"PASS": [], "FAIL": [], "SKIP": []}
    words: dict[str, list[str]] = {}
    speaker = ""
    for line in text.splitlines():
        if line.startswith("=== "):
            speaks = _SPEAKER.match(line)
            speaker = speaks.group(1) if speaks else ""
        elif line.startswith("--- "):
            # The summary of all, in which each test has a line: nobody's words.
            speaker = ""
        else:
            words.setdefault(speaker, []).append(line)
        if result := _RESULT.match(line):
            results[result.group(1)].append(result.group(2))
    failed = sorted(results["FAIL"])
    output = {test: "\n".join(_brief(words.get(test, []))) for test in failed}
    return Outcome(sorted(results["PASS"]), failed, output)


def _brief(lines: list[str]) -> list[str]:
    """What is said many times in a row is said by its last line: it polls, and tells of each look."""
    nexts = [*lines[1:], ""]
    return [line for line, following in zip(lines, nexts) if _TIME.sub("", line) != _TIME.sub("", following)]
