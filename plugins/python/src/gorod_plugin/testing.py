"""For tests of plugins: an implementation as gorod would make it, with a host that needs no model.

That a plugin keeps to its contract as a process is what `gorod plugin check PATH` finds out.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

from gorod_plugin.host import Call, Host, Message, Reply
from gorod_plugin.kinds import Implementation
from gorod_plugin.spec import PluginSpec, Setup

_DIMENSIONS = 32


class FakeHost(Host):
    """Answers from a list, and keeps what it was asked."""

    def __init__(self, *replies: str, recollection: str = "", log_prob: float = -1.0) -> None:
        """Takes the texts that models reply in turn; after the last it goes on with that one."""
        self._replies = list(replies) or ["text"]
        self._recollection = recollection
        self._log_prob = log_prob
        self.prompts: list[tuple[Call, list[Message]]] = []
        """What generate was asked, in order."""

    def generate(
        self,
        call: Call,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,  # noqa: ARG002 - the replies are given
        temperature: float | None = None,  # noqa: ARG002
        top_p: float | None = None,  # noqa: ARG002
        max_tokens: int = 0,  # noqa: ARG002
        stop: Sequence[str] = (),  # noqa: ARG002
        facts: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Reply:
        """Implements Host."""
        self.prompts.append((call, list(messages)))
        return Reply(self._replies[min(len(self.prompts), len(self._replies)) - 1], 1, 1)

    def embed(self, call: Call, texts: Sequence[str]) -> list[list[float]]:  # noqa: ARG002
        """Implements Host: texts with the same words are close to each other."""
        return [_embed(text) for text in texts]

    def score(self, call: Call, prompt: str, text: str) -> float:  # noqa: ARG002
        """Implements Host."""
        return self._log_prob

    def recall(self, call: Call, query: str, limit: int = 0) -> str:  # noqa: ARG002
        """Implements Host."""
        return self._recollection


def _embed(text: str) -> list[float]:
    vector = [0.1] + [0.0] * (_DIMENSIONS - 1)  # no text is without direction
    for word in text.casefold().split():
        vector[hashlib.sha256(word.encode()).digest()[0] % _DIMENSIONS] += 1
    length = math.hypot(*vector)
    return [x / length for x in vector]


def make(
    spec: PluginSpec, config: Mapping[str, Any] | None = None, *, host: Host | None = None, seed: int = 1, language: str = "ru"
) -> Implementation:
    """Makes what a plugin makes from a config, over the defaults of its schema's properties."""
    properties: Mapping[str, Any] = (spec.schema or {}).get("properties", {})
    defaults = {name: p["default"] for name, p in properties.items() if "default" in p}
    return spec.make(
        Setup(
            config=defaults | dict(config or {}),
            seed=seed,
            run_id="test",
            language=language,
            host=host or FakeHost(),
            log=logging.getLogger(f"gorod.{spec.name}"),
        )
    )
