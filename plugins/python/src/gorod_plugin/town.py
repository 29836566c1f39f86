"""A town as its mayor knows it. Money is in whole coins."""

from __future__ import annotations

from dataclasses import dataclass, field

from gorod_plugin.types import Outcome


@dataclass(slots=True)
class Lot:
    """A place on the grid, from 0."""

    x: int = 0
    y: int = 0


@dataclass(slots=True)
class Building:
    """What stands on a lot."""

    id: str
    type: str
    lot: Lot = field(default_factory=Lot)
    income: int = 0
    """Offices: earned there by residents; others: spent there."""
    free_beds: int = 0
    beds: int = 0
    free_desks: int = 0
    desks: int = 0


@dataclass(slots=True)
class BuildingType:
    """Something that may be built."""

    name: str
    cost: int
    beds: int = 0
    desks: int = 0
    menu: dict[str, int] = field(default_factory=dict)
    """Price by thing."""


@dataclass(slots=True)
class Citizen:
    """A resident of the town as its mayor knows it."""

    id: str
    name: str = ""
    bio: str = ""
    goal: str = ""
    cash: int = 0
    home: str = ""
    """Id of a building."""
    mood: float | None = None
    """Valence, -1…1."""


@dataclass(slots=True)
class Town:
    """The town when its mayor is asked."""

    name: str = ""
    time: str = ""
    """Simulated, RFC 3339."""
    day: int = 0
    """From 1."""
    hour: int = 0
    """Of the day, 0 to 23."""
    money: int = 0
    width: int = 0
    height: int = 0
    goal: str = ""
    goal_money: int = 0
    """The amount in the goal; 0 where the goal is not about that."""
    goal_population: int = 0
    """The number of residents in the goal; 0 where the goal is not about that."""
    left: int = 0
    """How many decisions are left until the goal's deadline."""
    free: list[Lot] = field(default_factory=list)
    """Lots without a building, by y and x."""
    buildings: list[Building] = field(default_factory=list)
    citizens: list[Citizen] = field(default_factory=list)
    types: list[BuildingType] = field(default_factory=list)
    """What may be built."""
    recruit_cost: int = 0
    newcomer_cash: int = 0
    """How much of what a newcomer costs is theirs."""
    last: Outcome | None = None
    """What became of the last decision; None before the first."""
