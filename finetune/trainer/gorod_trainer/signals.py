"""Signals, heard from the first moment: importing the libraries takes seconds."""

import os
import signal
from types import FrameType


class Signals:
    """USR1 and TERM ask for a checkpoint at the end of the step."""

    def __init__(self) -> None:
        self.received = ""
        self._owner = os.getpid()
        for s in (signal.SIGUSR1, signal.SIGTERM):
            signal.signal(s, self._hear)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if os.getpid() == self._owner:
            self.received = signal.Signals(number).name
            return
        # Workers that load data inherit this handler: they just end.
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
