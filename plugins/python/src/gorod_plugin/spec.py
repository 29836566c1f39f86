"""What a plugin says of itself, and what it is made from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gorod_plugin.host import Host
from gorod_plugin.kinds import Implementation
from gorod_plugin.measure import MetricInfo
from gorod_plugin.types import JsonObject

Kind: TypeAlias = Literal["memory", "planner", "sentiment", "mayor", "metric"]
"""Kinds of plugin."""


@dataclass(slots=True)
class Setup:
    """What a plugin is made from."""

    config: JsonObject
    """Valid for the plugin's schema, defaults filled in."""
    seed: int
    """Of the run; derive every random stream from it."""
    run_id: str
    language: str
    """ru or en."""
    host: Host
    log: logging.Logger
    """Goes to gorod's log; fields are given as `log.info("…", extra={"pages": 3})`."""


@dataclass(frozen=True, slots=True)
class PluginSpec:
    """A plugin of one kind.

    Make it quick to import: gorod waits 10 s for the process to come up. Load
    models in make, which may take longer.
    """

    kind: Kind
    name: str
    """Lower-case letters, digits and hyphens."""
    version: str
    """Semantic, such as 1.0.0."""
    summary: str
    """One line that says what it does."""
    make: Callable[[Setup], Implementation]
    """Makes the Memory, Planner, Classifier, Mayor or Metric. Raise an Error of
    kind INVALID_CONFIG for a config that fits the schema but makes no sense."""
    schema: Mapping[str, Any] | None = None
    """JSON Schema (draft 2020-12) of the config object; None takes no config."""
    metrics: Sequence[MetricInfo] = ()
    """What a metric plugin measures."""
