"""What residents are, see and do, and the records of a plugin's state."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A JSON value: None, bool, int, float, str, or a list or dict of them."""
JsonObject: TypeAlias = dict[str, Any]
"""A JSON object."""


@dataclass(slots=True)
class Persona:
    """Who a resident is.

    Traits lie in -1…1; beliefs map a statement to how strongly it is held, from
    -1 (rejects it) to 1 (is sure of it); relationships map another resident's
    id or name to what it is to this one.
    """

    name: str = ""
    age: int = 0
    gender: str = ""
    occupation: str = ""
    residence: str = ""
    bio: str = ""
    style: str = ""
    interests: list[str] = field(default_factory=list)
    traits: dict[str, float] = field(default_factory=dict)
    beliefs: dict[str, float] = field(default_factory=dict)
    relationships: dict[str, str] = field(default_factory=dict)
    routine: list[str] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)
    """The persona's own; Agent.goals has those of its group besides."""
    extra: JsonObject = field(default_factory=dict)
    """Whatever else the persona file says."""


@dataclass(slots=True)
class Mood:
    """How a resident feels: valence from -1 (bad) to 1 (good), arousal from 0 (calm) to 1 (stirred)."""

    valence: float = 0.0
    arousal: float = 0.0


@dataclass(slots=True)
class Plan:
    """What a resident is about to do, where, and since which tick."""

    purpose: str = ""
    place: str = ""
    since: int = 0


@dataclass(slots=True)
class Agent:
    """A resident as a plugin sees it in a tick."""

    id: str
    persona: Persona | None = None
    mood: Mood = field(default_factory=Mood)
    goals: list[str] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    group: str = ""

    @property
    def name(self) -> str:
        """The persona's name, or the id where there is none."""
        return self.persona.name if self.persona is not None and self.persona.name else self.id


class ItemKind(StrEnum):
    """Kinds of Item."""

    EVENT = "event"
    """An event of the study told to the resident."""
    POST = "post"
    """A post on a wall or in a group."""
    REPLY = "reply"
    """An answer to a post."""
    QUOTE = "quote"
    """A post that quotes another."""
    DIRECT = "direct"
    """A direct message."""
    BOOST = "boost"
    """Somebody boosted a post."""
    FAVOURITE = "favourite"
    """Somebody liked a post."""
    FOLLOW = "follow"
    """Somebody follows the resident."""
    VOTE = "vote"
    """Somebody voted in the resident's poll."""
    TELL = "tell"
    """Somebody told the resident about an event."""
    MESSAGE = "message"
    """Something said in a room."""
    JOIN = "join"
    """Somebody came."""
    LEAVE = "leave"
    """Somebody left."""
    RESULT = "result"
    """Found by a search."""


@dataclass(slots=True)
class Item:
    """One thing seen: a post, a message, a notification, an event."""

    kind: str
    id: str = ""
    author: str = ""
    """Agent id; empty for an event."""
    author_name: str = ""
    text: str = ""
    group: str = ""
    audience: str = ""
    """public, followers, group or direct."""
    time: str = ""
    """Simulated, RFC 3339."""
    parent: str = ""
    """Id of the post that this one answers, quotes or boosts."""
    event: str = ""
    """Id of the study's event that it is about, if any."""
    options: list[str] = field(default_factory=list)
    """Of a poll."""
    rank: int = 0
    """Of the feed, 1 is first; 0 where it comes from no feed."""
    score: float = 0.0
    addressed: bool = False
    """Set for what is meant for the resident itself."""


@dataclass(slots=True)
class Person:
    """Another resident."""

    id: str
    name: str = ""


@dataclass(slots=True)
class Action:
    """What a resident decides to do: a kind and its arguments by name."""

    kind: str
    args: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of an action."""

    action: Action
    ok: bool = False
    detail: str = ""
    """Why it was refused, or what it brought."""


@dataclass(slots=True)
class ArgSpec:
    """An argument of an action."""

    name: str
    description: str = ""
    required: bool = False
    values: list[str] = field(default_factory=list)
    """Allowed values; empty means free text."""


@dataclass(slots=True)
class ActionSpec:
    """What an environment allows a resident now."""

    kind: str
    description: str = ""
    args: list[ArgSpec] = field(default_factory=list)


@dataclass(slots=True)
class Observation:
    """What a resident sees in a tick."""

    tick: int = 0
    time: str = ""
    """Simulated, RFC 3339."""
    place: str = ""
    """Where the resident is: "network", a room's name, a building."""
    notifications: list[Item] = field(default_factory=list)
    """Addressed to the resident: news, mentions, replies, direct messages, follows."""
    timeline: list[Item] = field(default_factory=list)
    """The feed, best first."""
    messages: list[Item] = field(default_factory=list)
    """The conversation of a room, oldest first."""
    people: list[Person] = field(default_factory=list)
    """Present or known here."""
    outcomes: list[Outcome] = field(default_factory=list)
    """What became of the resident's last actions."""
    trends: list[str] = field(default_factory=list)
    """Topics talked about, the most frequent first."""
    groups: list[str] = field(default_factory=list)
    open_groups: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """One piece of a plugin's state, which the host keeps.

    A plugin that dies gets its records back in restore. Its identity is
    (agent, key); an empty agent means state that belongs to no one resident.
    """

    agent: str
    key: str
    kind: str
    """For people who read records: "person", "experience"."""
    value: Json


@dataclass(slots=True)
class RecordChange:
    """An upsert of a record, or its removal."""

    record: Record
    delete: bool = False
