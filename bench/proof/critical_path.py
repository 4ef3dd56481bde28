"""The critical path of a run of our suite, read from its events: whose the wall time was.

It is walked back from the end of the run: the test that was removed last, the one whose end let that start,
and so on to the set-up. Which end let a test start is not in the events; it is taken to be the last one
before the start, or that Pods were ready, where it was that at once. Another choice would be another way
through the same time.
"""

import dataclasses
import datetime
from collections.abc import Iterable

# Whose time it is.
SUBJECT = "subject"
PODS = "Pods"
API_SERVER = "API server"
OURS = "ours"

_OWNERS = {
    "status": SUBJECT, "traffic": SUBJECT, "drain": SUBJECT, PODS: PODS, "apply": API_SERVER, "remove": API_SERVER
}
# Where spans overlap, the time is his who would have to be faster for the run to be.
_RANK = {SUBJECT: 0, PODS: 1, API_SERVER: 2, OURS: 3}

# From when to when, and what for.
Stretch = tuple[float, float, str]

# What starts so many seconds after something was waiting for it.
_AT_ONCE = 0.01


@dataclasses.dataclass(frozen=True)
class Leg:
    """A part of the path: a test, the set-up, or what lies between. Times are in seconds since 1970."""

    what: str
    began: float
    ended: float
    # Seconds by kind of span, `Pods`, and `other`; together they are the leg.
    parts: dict[str, float]

    @property
    def took(self) -> float:
        """Its length."""
        return self.ended - self.began


def seconds(text: str) -> float:
    """An RFC 3339 time, in seconds since 1970."""
    return datetime.datetime.fromisoformat(text).timestamp()


def legs(events: list[dict]) -> list[Leg]:
    """The path, from the start of the run to its end."""
    begins, finishes, spans = _tests(events)
    beside = _beside(events)
    pods_began, pods_ready = _pods(events)
    reached = seconds(events[-1]["at"])
    path: list[Leg] = []
    while ends := [(at, test) for at, test in finishes if at <= reached]:
        ended, test = max(ends)
        ready = max((at for at in pods_ready if at <= reached), default=0.0)
        if ended + _AT_ONCE < reached <= ready + _AT_ONCE and ready > pods_began:
            path.append(_leg("between tests", ready, reached, beside))
            path.append(_leg(PODS, pods_began, ready, beside))
            reached = pods_began
            break
        path.append(_leg("between tests" if path else "removal of the base environment", ended, reached, beside))
        began = begins[test]
        path.append(_leg(test, began, ended, spans[test]))
        reached = began
        finishes = [end for end in finishes if end[1] != test]
    path.append(_leg("set-up", seconds(events[0]["at"]), reached, beside))
    return [leg for leg in reversed(path) if leg.took > 0]


def kinds(path: Iterable[Leg]) -> dict[str, float]:
    """Seconds by what they were spent on: kinds of spans, `Pods`, `other`."""
    total: dict[str, float] = {}
    for leg in path:
        for kind, took in leg.parts.items():
            total[kind] = total.get(kind, 0.0) + took
    return total


def owners(path: Iterable[Leg]) -> dict[str, float]:
    """Seconds by whose they were."""
    total = dict.fromkeys((SUBJECT, PODS, API_SERVER, OURS), 0.0)
    for kind, took in kinds(path).items():
        total[_OWNERS.get(kind, OURS)] += took
    return total


def _tests(events: list[dict]) -> tuple[dict[str, float], list[tuple[float, str]], dict[str, list[Stretch]]]:
    """When each test began and ended, and its spans. It ends with its removal, where that is told."""
    begins: dict[str, float] = {}
    ends: dict[str, float] = {}
    spans: dict[str, list[Stretch]] = {}
    for event in events:
        match event["event"]:
            case "testStarted":
                begins[event["test"]] = seconds(event["at"])
            case "testFinished" | "testRemoved" if event["test"] in begins:
                test = event["test"]
                ends[test] = seconds(event["at"])
                spans.setdefault(test, []).extend(_stretches(event))
    return begins, [(at, test) for test, at in ends.items()], spans


def _pods(events: list[dict]) -> tuple[float, list[float]]:
    """When the wait for the Pods of the set-up began, and each moment at which more of them were ready."""
    began = [seconds(event["at"]) for event in events if event["event"] == "setUp" and event["stage"] == PODS]
    ready = [seconds(event["at"]) for event in events if event["event"] in ("podsReady", "setUpDone")]
    return (began[0], ready) if began else (0.0, [])


def _beside(events: list[dict]) -> list[Stretch]:
    """What tests that have not begun may wait for: the Pods of the set-up, and the silence of ended tests."""
    began, ready = _pods(events)
    beside: list[Stretch] = [(began, max(ready), PODS)] if ready else []
    for event in events:
        if event["event"] == "testDrained":
            beside += _stretches(event)
    return beside


def _stretches(event: dict) -> Iterable[Stretch]:
    for span in event.get("spans", ()):
        began = seconds(span["began"])
        yield began, began + span["took"], span["kind"]


def _leg(what: str, began: float, ended: float, stretches: list[Stretch]) -> Leg:
    edges = sorted({began, ended, *(edge for stretch in stretches for edge in stretch[:2] if began < edge < ended)})
    parts: dict[str, float] = {}
    for start, end in zip(edges, edges[1:]):
        covering = [kind for first, last, kind in stretches if first <= start and last >= end]
        kind = min(covering, key=lambda kind: _RANK[_OWNERS.get(kind, OURS)], default="other")
        parts[kind] = parts.get(kind, 0.0) + end - start
    return Leg(what, began, ended, parts)
