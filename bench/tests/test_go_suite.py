"""Reading what the Go suite prints."""

import unittest

from proof import go_suite

OUTPUT = """\
=== RUN   TestConformance
    conformance_test.go:20: the set-up
=== RUN   TestConformance/GatewayA
=== PAUSE TestConformance/GatewayA
=== RUN   TestConformance/HTTPRouteB
    b.go:1: 2026-01-01T00:00:00.1Z: of B
    b.go:1: 2026-01-01T00:00:00.2Z: of B
=== RUN   TestConformance/HTTPRouteB/0_request_to_'/'
    b.go:2: of B's subtest
=== CONT  TestConformance/GatewayA
    a.go:1: of A
--- FAIL: TestConformance (1.00s)
    --- FAIL: TestConformance/HTTPRouteB (0.10s)
        --- FAIL: TestConformance/HTTPRouteB/0_request_to_'/' (0.00s)
    --- SKIP: TestConformance/HTTPRouteC (0.00s)
    --- PASS: TestConformance/GatewayA (0.20s)
FAIL
"""


class Parse(unittest.TestCase):
    """`go_suite.parse`."""

    def test_counts_tests_and_not_their_parts(self):
        outcome = go_suite.parse(OUTPUT)
        self.assertEqual((outcome.passed, outcome.failed), (["GatewayA"], ["HTTPRouteB"]))

    def test_gives_a_failed_test_its_own_words_only(self):
        words = go_suite.parse(OUTPUT).output["HTTPRouteB"]
        self.assertIn("of B's subtest", words)
        self.assertEqual(words.count("of B\n"), 1, "what is repeated is told once")
        self.assertNotIn("of A", words)
        self.assertNotIn("the set-up", words)

    def test_finds_nothing_where_it_gave_up(self):
        outcome = go_suite.parse("=== RUN   TestConformance\n    x.go:1: no\n--- FAIL: TestConformance (9.00s)\nFAIL\n")
        self.assertEqual((outcome.passed, outcome.failed), ([], []))
