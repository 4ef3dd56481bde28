"""Medians, ratios and goals."""

import unittest

from proof import speed_page
from proof.commands import run as run_command


def run(suite: str, wall: float, load: float = 0.1) -> dict:
    measured = {"suite": suite, "wall": wall, "cpu": wall, "memory": 10, "requests": 40, "load": load}
    told = {"passed": 2, "failed": [], "outside": 0.5, "path": [["A", wall - 0.5, {"status": wall - 0.5}]]}
    owners = {"subject": wall - 0.5, "Pods": 0.0, "API server": 0.0, "ours": 0.0}
    return measured | told | {"owners": owners}


class Page(unittest.TestCase):
    """`speed_page.render`."""

    def render(self, load: float = 0.1) -> str:
        runs = [run("go", wall, load) for wall in (90, 100, 500)] + [run("ours", wall, load) for wall in (1, 5, 40)]
        return speed_page.render({"title": "S", "runs": runs, "goals": {"wall": 1 / 20, "requests": 1 / 4}})

    def test_compares_medians_with_goals(self):
        page = self.render()
        self.assertIn("| wall time | 100.00 s | 5.00 s | 0.050 | 0.050 | met |", page)
        self.assertIn("| API requests | 40 | 40 | 1.000 | 0.250 | **missed** |", page)
        self.assertIn("| CPU time of the suite | 100.00 s | 5.00 s | 0.050 |  |  |", page)

    def test_counts_start_and_end_of_the_process_as_ours(self):
        self.assertIn("Our own share, the API server's included: 10%; goal 15 %: met.", self.render())

    def test_says_when_the_machine_was_not_idle(self):
        self.assertNotIn("not idle", self.render())
        self.assertIn("not idle", self.render(load=3.0))


class Committed(unittest.TestCase):
    """docs/bench.md."""

    def test_shows_the_committed_numbers(self):
        page = run_command.PAGE.read_text(encoding="utf-8")
        self.assertEqual(page, speed_page.show(page, run_command.read(run_command.RESULTS)), "run bench/run --save")
