"""The kinds of plugin: subclass one of them.

The methods of an implementation are called from several threads at once, unless
their documentation says otherwise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gorod_plugin.measure import Event, Run, Score
from gorod_plugin.town import Town
from gorod_plugin.types import Action, ActionSpec, Agent, Observation, Plan, Record, RecordChange

NEGATIVE, NEUTRAL, POSITIVE = "negative", "neutral", "positive"
"""Labels of a Sentiment."""


class Implementation:
    """What every kind may do."""

    def restore(self, records: Sequence[Record]) -> None:
        """Takes in the state that the host holds.

        It is called once, before any work, with every record in (agent, key)
        order; there may be none.
        """

    def close(self) -> None:
        """Lets go of what the plugin holds; the process ends soon after."""


@dataclass(slots=True)
class Seen:
    """One agent's observation."""

    agent: Agent
    observation: Observation = field(default_factory=Observation)


@dataclass(slots=True)
class Query:
    """Asks what an agent remembers: about text, or where that is empty about what observation shows."""

    agent: Agent
    observation: Observation = field(default_factory=Observation)
    text: str = ""
    limit: int = 0
    """At most so many items; 0 leaves it to the plugin."""


@dataclass(slots=True)
class Remembrance:
    """One memory found."""

    key: str
    """Of the record that it comes from."""
    text: str
    score: float = 0.0
    tick: int = 0


@dataclass(slots=True)
class Recollection:
    """What an agent remembers."""

    text: str = ""
    """Goes into a prompt as it is."""
    items: list[Remembrance] = field(default_factory=list)
    experience: list[Action] = field(default_factory=list)
    """Actions that once fulfilled the agent's present plan."""


class Memory(Implementation, ABC):
    """Keeps what residents live through and finds it again."""

    @abstractmethod
    def observe(self, tick: int, seen: Sequence[Seen]) -> Sequence[RecordChange]:
        """Stores what agents saw; returns what changed in the plugin's state, which the host commits."""

    @abstractmethod
    def recall(self, tick: int, queries: Sequence[Query]) -> Sequence[Recollection]:
        """Answers every query, in order. It changes nothing."""


@dataclass(slots=True)
class PlanRequest:
    """One agent's situation."""

    tick: int
    agent: Agent
    observation: Observation
    recollection: Recollection
    actions: list[ActionSpec] = field(default_factory=list)
    """What the environment allows now."""
    max_actions: int = 0
    """At most so many are carried out."""

    def allows(self, kind: str) -> bool:
        """Reports whether the environment allows a kind of action now."""
        return any(a.kind == kind for a in self.actions)


@dataclass(slots=True)
class Decision:
    """What a planner decided."""

    actions: list[Action] = field(default_factory=list)
    plan: Plan | None = None
    """The plan from now on; None keeps the present one."""
    thought: str = ""
    """Why, in the agent's words; goes to the journal."""
    changes: list[RecordChange] = field(default_factory=list)
    reused: bool = False
    """The actions came from experience, no model was asked."""


class Planner(Implementation, ABC):
    """Decides what residents do."""

    @abstractmethod
    def plan(self, request: PlanRequest) -> Decision:
        """Decides what one agent does in a tick; never called twice at once for one agent."""


@dataclass(slots=True)
class Sentiment:
    """How a text sounds."""

    valence: float
    """-1 (bad) … 1 (good)."""
    label: str
    """NEGATIVE, NEUTRAL or POSITIVE."""
    arousal: float = 0.0
    """0 (calm) … 1 (stirred)."""
    scores: dict[str, float] = field(default_factory=dict)
    """By label, each 0…1."""
    emotion: str = ""
    """joy, anger, fear, sadness or surprise, where the classifier has it."""


class Classifier(Implementation, ABC):
    """Rates texts."""

    @abstractmethod
    def classify(self, tick: int, texts: Sequence[str]) -> Sequence[Sentiment]:
        """Returns one Sentiment a text, in order."""


@dataclass(slots=True)
class MayorRequest:
    """What a mayor sees when it is asked."""

    tick: int
    town: Town
    actions: list[ActionSpec] = field(default_factory=list)
    """What it may do: nothing, build, recruit, each with the values that make sense now.

    An action that makes none is refused with the reason, which is in the next
    request's town.last.
    """


@dataclass(slots=True)
class MayorDecision:
    """What a mayor decided."""

    action: Action
    thought: str = ""
    """Why; goes to the journal."""
    changes: list[RecordChange] = field(default_factory=list)


class Mayor(Implementation, ABC):
    """Runs a town: it is asked once in every hour that the town's rules give it."""

    @abstractmethod
    def decide(self, request: MayorRequest) -> MayorDecision:
        """Decides one thing."""


class Metric(Implementation, ABC):
    """Measures a run by its events."""

    @abstractmethod
    def measure(self, run: Run, events: Iterator[Event]) -> Sequence[Score]:
        """Reads the events of a run in order and returns its scores; called for one run at a time."""
