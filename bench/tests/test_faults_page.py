"""The page about the faults."""

import unittest

from proof import faults_page
from proof.commands import faults


def suite(failed=(), alone=None, gave_up="", unsteady=()) -> dict:
    return {
        "passed": 1,
        "failed": list(failed),
        "failed_alone": list(failed if alone is None else alone),
        "gave_up": gave_up,
        "unsteady": list(unsteady),
    }


def record(name: str, go: dict, ours: dict) -> dict:
    return {"fault": name, "row": {"rule": "A rule.", "tests": ["T"], "later": []}, "go": go, "ours": ours}


def section(page: str, title: str) -> str:
    return page.split(f"## {title}\n")[1].split("\n## ")[0]


class Page(unittest.TestCase):
    """`faults_page.render`."""

    def test_puts_each_fault_where_it_belongs(self):
        page = faults_page.render(
            [
                record("go-only", suite(["T"]), suite()),
                record("ours-only", suite(), suite(["T"])),
                record("same", suite(["T"]), suite(["T"])),
                record("different", suite(["T"]), suite(["U"])),
                record("set-up", suite(gave_up="no Gateway"), suite(["T"])),
                record("nobody", suite(), suite()),
            ]
        )
        for title, names in {
            "Only the Go suite notices": {"go-only"},
            "Only ours notices": {"ours-only"},
            "Both notice, by the same tests": {"same"},
            "Both notice, by different tests": {"different", "set-up"},
            "Not compared": {"nobody"},
        }.items():
            found = {line.split("`")[1] for line in section(page, title).splitlines() if line.startswith("| `")}
            self.assertEqual(found, names, title)

    def test_tells_a_consequence_from_a_finding(self):
        page = faults_page.render([record("f", suite(["Cause", "Effect"], alone=["Cause"]), suite(["Cause"]))])
        self.assertIn("| `f` | Effect |  |", section(page, "Red as a mere consequence"))
        self.assertIn("| `f` | A rule. | Cause |", section(page, "Both notice, by the same tests"))

    def test_is_what_the_committed_results_give(self):
        self.assertEqual(
            faults.PAGE.read_text(encoding="utf-8"),
            faults_page.render(faults.read(faults.RESULTS)),
            "run bench/faults --print",
        )
