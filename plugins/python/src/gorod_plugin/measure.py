"""What metrics read and answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gorod_plugin.types import Agent, Json

NO_TICK = -1
"""The tick of a Score that is about no tick in particular."""


@dataclass(slots=True)
class MetricInfo:
    """What a score of a name means."""

    name: str
    """Lower-case letters, digits and underscores."""
    definition: str
    """One or two sentences, or a formula."""
    unit: str = ""
    low: float | None = None
    """Of the range; None: unbounded."""
    high: float | None = None
    source: str = ""
    better: str = ""
    """Which way is better: "up", "down", or "" where neither is."""


@dataclass(slots=True)
class Run:
    """What a metric knows of a run before it reads its events."""

    study: str
    cell: str
    seed: int
    language: str
    start: datetime
    """Simulated time of tick 0."""
    step: timedelta
    """Between ticks."""
    ticks: int
    """How many were computed."""
    agents: list[Agent] = field(default_factory=list)


@dataclass(slots=True)
class Event:
    """A row of the journal; (tick, seq) orders the events of a run.

    What data holds for a kind is the journal's documented schema.
    """

    tick: int
    seq: int
    kind: str
    agent: str = ""
    data: Json = None


@dataclass(slots=True)
class Score:
    """One value of a metric.

    It is about the whole run, or where agent, group, item or tick is set about
    that.
    """

    metric: str
    value: float
    agent: str = ""
    group: str = ""
    item: str = ""
    """What else it is about: an event's id, a question's."""
    tick: int = NO_TICK
    n: int = 0
    """How many observations it rests on."""
