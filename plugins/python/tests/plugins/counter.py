#!/usr/bin/env python3
"""A metric that counts events, by kind and by agent."""

from collections import Counter
from collections.abc import Iterator

from gorod_plugin import Event, Metric, MetricInfo, PluginSpec, Run, Score, serve


class Counting(Metric):
    def measure(self, run: Run, events: Iterator[Event]) -> list[Score]:
        kinds = Counter((e.kind, e.agent) for e in events)
        total = kinds.total()
        scores = [Score("events", float(total), n=total)]
        scores += [Score("events", float(n), item=kind, agent=agent, n=n) for (kind, agent), n in sorted(kinds.items())]
        return scores


if __name__ == "__main__":
    info = MetricInfo("events", "How many events a run has.", "events", low=0)
    serve(PluginSpec("metric", "py-counter", "1.0.0", "counts events", lambda _: Counting(), metrics=[info]))
