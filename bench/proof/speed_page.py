"""Medians, ratios and goals of rounds, as Markdown."""

import dataclasses
import statistics

from .critical_path import API_SERVER, OURS, PODS, SUBJECT


@dataclasses.dataclass(frozen=True)
class Measure:
    """Something that was measured in each run."""

    key: str
    name: str
    form: str


MEASURES = (
    Measure("wall", "wall time", "{:.2f} s"),
    Measure("cpu", "CPU time of the suite", "{:.2f} s"),
    Measure("requests", "API requests", "{:.0f}"),
    Measure("memory", "peak memory of the suite", "{:.0f} MiB"),
)

# At most this share of what the Go suite takes; and of our critical path.
TESTBED_GOALS = {"wall": 1 / 20}
# All tests of all Gateway profiles on the testbed, by lag.
ALL_GOALS = {"0": {"wall": 1 / 8}, "100ms": {"wall": 1 / 8}, "2s": {"wall": 1 / 6}}
NODE_GOALS = {"wall": 1 / 5, "cpu": 1 / 3, "requests": 1 / 4}
OWN_SHARE = 0.15
# A load average before the first run above which the machine was at other work too.
IDLE = 0.5


# Where the page shows the numbers.
BEGIN = "<!-- numbers: written by bench/run --save, never edited -->"
END = "<!-- end of the numbers -->"


def show(page: str, kept: list[dict]) -> str:
    """The page with these numbers in place of those that it shows."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    sections = []
    for measured in kept:
        sections.append(f"{measured['date']}, {measured['cores']} cores, {measured['ours']}.\n")
        sections += [render(played) for played in measured["played"]]
    return f"{before}{BEGIN}\n\n" + "\n".join(sections) + f"\n{END}{after}"


def render(played: dict) -> str:
    """The section on one subject: its title, its runs, its goals."""
    title, runs, goals = played["title"], played["runs"], played["goals"]
    by_suite = {suite: [run for run in runs if run["suite"] == suite] for suite in ("go", "ours")}
    lines = [f"### {title}", "", _conditions(by_suite), ""]
    lines += ["| | Go suite | ours | ours / Go suite | goal | |", "|---|--:|--:|--:|--:|---|"]
    for measure in MEASURES:
        lines.append(_row(measure, by_suite, goals.get(measure.key)))
    lines += _least(by_suite)
    lines += ["", *_path(by_suite["ours"])]
    return "\n".join(lines) + "\n"


def _conditions(by_suite: dict[str, list[dict]]) -> str:
    counts = {suite: sorted({run["passed"] for run in runs}) for suite, runs in by_suite.items()}
    failed = sorted({test for runs in by_suite.values() for run in runs for test in run["failed"]})
    first = min(run["load"] for runs in by_suite.values() for run in runs[:1])
    text = f"{len(by_suite['go'])} rounds; tests passed: Go suite {_list(counts['go'])}, ours {_list(counts['ours'])}."
    if failed:
        text += f" Failed: {', '.join(failed)}."
    if first > IDLE:
        text += f" **The machine was not idle** (load average {first:.2f} before the first run)."
    return text


def _list(numbers: list[int]) -> str:
    return " or ".join(str(number) for number in numbers)


def _row(measure: Measure, by_suite: dict[str, list[dict]], goal: float | None) -> str:
    go, ours = (statistics.median(run[measure.key] for run in by_suite[suite]) for suite in ("go", "ours"))
    ratio = ours / go
    wanted = f"{goal:.3f}" if goal else ""
    said = verdict(ratio, goal) if goal else ""
    cells = [measure.name, measure.form.format(go), measure.form.format(ours), f"{ratio:.3f}", wanted, said]
    return "| " + " | ".join(cells) + " |"


def _least(by_suite: dict[str, list[dict]]) -> list[str]:
    """What a run cannot be shorter than: the CPU time of suite and testbed, where both are known."""
    if any("subject_cpu" not in run for runs in by_suite.values() for run in runs):
        return []
    go, ours = (
        statistics.median(run["cpu"] + run["subject_cpu"] for run in by_suite[suite]) for suite in ("go", "ours")
    )
    return [f"| CPU time of suite and testbed | {go:.2f} s | {ours:.2f} s | {ours / go:.3f} |  |  |"]


def verdict(value: float, goal: float) -> str:
    """Whether a goal, a maximum, is met."""
    return "met" if value <= goal else "**missed**"


def _path(runs: list[dict]) -> list[str]:
    """The critical path of the run with the median wall time."""
    run = sorted(runs, key=lambda run: run["wall"])[(len(runs) - 1) // 2]
    wall = run["wall"]
    owners = run["owners"] | {OURS: run["owners"][OURS] + run["outside"]}
    own = owners[OURS] + owners[API_SERVER]
    names = {
        SUBJECT: "the subject's: from apply to status, from status to traffic, from removal to silence",
        PODS: "the cluster's: Pods of the set-up that are not ready",
        API_SERVER: "the API server's: apply and remove",
        OURS: "ours: all the rest",
    }
    lines = [f"Critical path of the run with the median wall time, {wall:.2f} s:", ""]
    lines += ["| whose | seconds | share |", "|---|--:|--:|"]
    lines += [f"| {names[owner]} | {took:.2f} | {took / wall:.0%} |" for owner, took in owners.items()]
    lines += ["", f"Our own share, the API server's included: {own / wall:.0%}; goal 15 %: {verdict(own / wall, OWN_SHARE)}.", ""]
    lines += ["The longest parts of it:", "", "| part | seconds | of that |", "|---|--:|---|"]
    longest = sorted(run["path"], key=lambda leg: -leg[1])[:8]
    for what, took, parts in longest:
        told = ", ".join(f"{kind} {part:.2f}" for kind, part in sorted(parts.items(), key=lambda part: -part[1]))
        lines.append(f"| {what} | {took:.2f} | {told} |")
    return lines
