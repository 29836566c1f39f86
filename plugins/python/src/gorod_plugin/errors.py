"""The errors that a plugin answers with."""

from __future__ import annotations

from enum import StrEnum


class ErrorKind(StrEnum):
    """What an Error is about."""

    INVALID_CONFIG = "invalid_config"
    """The config is well-formed but makes no sense."""
    INVALID_INPUT = "invalid_input"
    """The request makes no sense."""
    MODEL = "model"
    """A language model answered badly, also after a repair."""
    BUDGET = "budget"
    """The run's budget is spent."""
    UNSUPPORTED = "unsupported"
    """The study's model or server cannot do this."""
    INTERNAL = "internal"
    """A fault of the plugin's own."""


class Error(Exception):
    """A plugin that is well says no.

    It reaches the host with its kind. Any other exception reaches it as
    INTERNAL, and its traceback goes to the log.
    """

    def __init__(self, kind: str, message: str, *, retryable: bool = False) -> None:
        """Makes an error; retryable means that the same call may succeed later."""
        super().__init__(kind, message)
        self.kind = kind
        self.message = message
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"
