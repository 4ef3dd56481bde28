"""The critical path of a small run."""

import unittest

from proof import critical_path

SETUP = [
    {"at": "2026-01-01T00:00:00.000000000Z", "event": "runStarted"},
    {"at": "2026-01-01T00:00:00.100000000Z", "event": "setUp", "stage": "workloads, certificates and Gateways"},
    {"at": "2026-01-01T00:00:00.500000000Z", "event": "setUp", "stage": "Pods"},
    {"at": "2026-01-01T00:00:02.500000000Z", "event": "setUpDone", "took": 2.5},
]


def at(second: float) -> str:
    return f"2026-01-01T00:00:{second:012.9f}Z"


def span(kind: str, began: float, took: float) -> dict:
    return {"kind": kind, "began": at(began), "took": took}


def test(name: str, began: float, finished: float, spans: list, removed: float, removal: list) -> list[dict]:
    return [
        {"at": at(began), "event": "testStarted", "test": name},
        {"at": at(finished), "event": "testFinished", "test": name, "result": "passed", "spans": spans},
        {"at": at(removed), "event": "testRemoved", "test": name, "spans": removal},
    ]


def run(*tests: list[dict], ended: float) -> list[dict]:
    events = sorted((event for events in tests for event in events), key=lambda event: event["at"])
    return [*SETUP, *events, {"at": at(ended), "event": "runFinished", "took": ended}]


class Legs(unittest.TestCase):
    """`critical_path.legs` and what is summed from them."""

    def assert_near(self, found: dict, wanted: dict):
        self.assertEqual(found.keys(), wanted.keys())
        for key, value in wanted.items():
            self.assertAlmostEqual(found[key], value, 5, key)

    def test_goes_back_over_what_was_removed_last_before_each_start(self):
        events = run(
            test("Short", 2.5, 3.0, [], 3.1, []),
            test("Long", 2.5, 4.0, [], 4.5, []),
            test("Next", 4.6, 5.0, [], 5.5, []),
            ended=6.0,
        )
        path = critical_path.legs(events)
        names = ["set-up", "Long", "between tests", "Next", "removal of the base environment"]
        self.assertEqual([leg.what for leg in path], names)
        self.assertAlmostEqual(sum(leg.took for leg in path), 6.0, 5)

    def test_counts_overlapping_time_once_and_for_the_subject_first(self):
        spans = [span("apply", 2.5, 1.0), span("status", 3.0, 1.0), span("traffic", 3.5, 1.0)]
        events = run(test("A", 2.5, 5.0, spans, 6.0, [span("remove", 5.0, 0.5), span("drain", 5.25, 0.5)]), ended=6.0)
        path = critical_path.legs(events)
        kinds = critical_path.kinds(path)
        self.assertAlmostEqual(kinds["apply"], 0.5, 5)
        self.assertAlmostEqual(kinds["status"] + kinds["traffic"], 1.5, 5)
        self.assertAlmostEqual(kinds["remove"], 0.25, 5)
        self.assert_near(
            critical_path.owners(path),
            # Ours: the first half second, and what no span covers from 4.5 to 5 and from 5.75 to 6.
            {"subject": 2.0, "Pods": 2.0, "API server": 0.75, "ours": 0.5 + 0.5 + 0.25},
        )

    def test_ends_a_test_with_its_result_where_no_removal_is_told(self):
        events = run(test("A", 2.5, 3.0, [], 3.1, [])[:2], ended=3.5)
        path = critical_path.legs(events)
        self.assertEqual([(leg.what, round(leg.ended - leg.began, 3)) for leg in path][1:], [("A", 0.5), ("removal of the base environment", 0.5)])

    def test_counts_the_wait_for_pods_only_as_far_as_the_path_waited(self):
        events = run(test("Early", 1.5, 2.0, [], 4.0, []), ended=4.0)
        self.assert_near(
            critical_path.owners(critical_path.legs(events)),
            {"subject": 0.0, "Pods": 1.0, "API server": 0.0, "ours": 3.0},
        )

    def test_tells_what_a_test_that_has_not_begun_waits_for(self):
        drained = {"at": at(4.0), "event": "testDrained", "test": "Early", "spans": [span("drain", 3.1, 0.9)]}
        events = run(
            test("Early", 1.0, 1.5, [], 1.5, []),
            test("Chained", 2.7, 3.0, [], 3.1, []),
            test("Last", 4.1, 5.0, [], 5.0, []),
            [drained],
            ended=5.0,
        )
        path = critical_path.legs(events)
        gaps = [leg.parts for leg in path if leg.what == "between tests"]
        self.assertEqual(len(gaps), 2)
        self.assert_near(gaps[0], {"Pods": 1.0, "other": 0.2})
        self.assert_near(gaps[1], {"drain": 0.9, "other": 0.1})

    def test_goes_back_to_the_pods_where_a_test_had_waited_for_them(self):
        ready = {"at": at(2.0), "event": "podsReady", "workloads": 1}
        events = run(
            test("Without", 0.6, 1.2, [], 1.4, []),
            [ready],
            test("First", 2.001, 3.0, [], 3.1, []),
            test("Next", 3.105, 4.0, [], 4.0, []),
            ended=4.0,
        )
        path = critical_path.legs(events)
        names = ["set-up", "Pods", "between tests", "First", "between tests", "Next"]
        self.assertEqual([leg.what for leg in path], names)
        self.assertAlmostEqual(critical_path.owners(path)["Pods"], 1.5 + 0.001, 5)

        late = [event | {"at": at(3.1)} if event["event"] == "podsReady" else event for event in events]
        names = [leg.what for leg in critical_path.legs(sorted(late, key=lambda event: event["at"]))]
        self.assertIn("Without", names, "a test that ended was waited for, not the Pods that were ready meanwhile")
