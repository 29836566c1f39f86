"""Sizes and times that both ends of a connection agree on."""

from __future__ import annotations

MAX_MESSAGE = 64 << 20
"""Bytes of a message, either way."""
BROKER_TIMEOUT = 5.0
"""Seconds for which the host holds a broker id."""

CHANNEL_OPTIONS: tuple[tuple[str, str | int], ...] = (
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
)
