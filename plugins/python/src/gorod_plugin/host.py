"""What a plugin may ask of the host."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAYOR_AGENT = "mayor"
"""The id under which a mayor calls the host: it is no resident."""

SENTIMENT_AGENT = "sentiment"
"""The id under which a classifier calls the host: it rates texts for all residents at once."""


@dataclass(slots=True)
class Call:
    """Names a call to the host.

    Its seed and its recording depend on what it is, not on when it came. Give
    calls of one agent and tick that have the same purpose different indexes.
    """

    agent: str
    tick: int
    purpose: str
    """plan, ask, answer, impressions, …"""
    index: int = 0


class Role(StrEnum):
    """Who a Message is from."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(slots=True)
class Message:
    """One turn of a prompt."""

    role: str
    content: str


@dataclass(slots=True)
class Reply:
    """A model's answer."""

    text: str
    prompt_tokens: int = 0
    reply_tokens: int = 0


class Host(ABC):
    """The models and the memory of the agent that a plugin works for.

    Credentials, caching, budgets, retries and seeds stay with the host. Every
    method may be called from several threads, raises Error for what the host
    refuses, and ends early when the caller of the plugin gives its call up.
    """

    @abstractmethod
    def generate(
        self,
        call: Call,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        max_tokens: int = 0,
        stop: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Asks the agent's language model.

        With a schema (JSON Schema) the reply's text is valid JSON for it: the
        host asks the model a second time with the error when a reply is not,
        and then raises an Error of kind MODEL. What is None or 0 is left to the
        model's entry in the study. Facts are those that the prompt was rendered
        from and that the host does not hold itself; the offline reference model
        writes from facts.
        """

    @abstractmethod
    def embed(self, call: Call, texts: Sequence[str]) -> list[list[float]]:
        """Turns texts into unit vectors of one length."""

    @abstractmethod
    def score(self, call: Call, prompt: str, text: str) -> float:
        """Returns how likely the agent's model finds text after prompt.

        That is the mean natural logarithm of its tokens' probabilities, so 0 or
        less. Raises an Error of kind UNSUPPORTED where the model's server gives
        no log-probabilities.
        """

    @abstractmethod
    def recall(self, call: Call, query: str, limit: int = 0) -> str:
        """Asks the memory plugin what the agent remembers about query."""
