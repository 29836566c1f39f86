from gorod_plugin._proto.gorod.base.v1 import agent_pb2 as _agent_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MeasureRequest(_message.Message):
    __slots__ = ("run", "events")
    RUN_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    run: Run
    events: _containers.RepeatedCompositeFieldContainer[Event]
    def __init__(self, run: _Optional[_Union[Run, _Mapping]] = ..., events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ...) -> None: ...

class Run(_message.Message):
    __slots__ = ("study", "cell", "seed", "language", "start", "step_seconds", "ticks", "agents")
    STUDY_FIELD_NUMBER: _ClassVar[int]
    CELL_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    STEP_SECONDS_FIELD_NUMBER: _ClassVar[int]
    TICKS_FIELD_NUMBER: _ClassVar[int]
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    study: str
    cell: str
    seed: int
    language: str
    start: str
    step_seconds: float
    ticks: int
    agents: _containers.RepeatedCompositeFieldContainer[_agent_pb2.Agent]
    def __init__(self, study: _Optional[str] = ..., cell: _Optional[str] = ..., seed: _Optional[int] = ..., language: _Optional[str] = ..., start: _Optional[str] = ..., step_seconds: _Optional[float] = ..., ticks: _Optional[int] = ..., agents: _Optional[_Iterable[_Union[_agent_pb2.Agent, _Mapping]]] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("tick", "seq", "agent", "kind", "json")
    TICK_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    tick: int
    seq: int
    agent: str
    kind: str
    json: bytes
    def __init__(self, tick: _Optional[int] = ..., seq: _Optional[int] = ..., agent: _Optional[str] = ..., kind: _Optional[str] = ..., json: _Optional[bytes] = ...) -> None: ...

class MeasureResponse(_message.Message):
    __slots__ = ("scores",)
    SCORES_FIELD_NUMBER: _ClassVar[int]
    scores: _containers.RepeatedCompositeFieldContainer[Score]
    def __init__(self, scores: _Optional[_Iterable[_Union[Score, _Mapping]]] = ...) -> None: ...

class Score(_message.Message):
    __slots__ = ("metric", "agent", "group", "item", "tick", "value", "n")
    METRIC_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    metric: str
    agent: str
    group: str
    item: str
    tick: int
    value: float
    n: int
    def __init__(self, metric: _Optional[str] = ..., agent: _Optional[str] = ..., group: _Optional[str] = ..., item: _Optional[str] = ..., tick: _Optional[int] = ..., value: _Optional[float] = ..., n: _Optional[int] = ...) -> None: ...
