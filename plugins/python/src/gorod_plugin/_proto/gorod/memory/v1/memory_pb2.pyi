from gorod_plugin._proto.gorod.base.v1 import agent_pb2 as _agent_pb2
from gorod_plugin._proto.gorod.base.v1 import observation_pb2 as _observation_pb2
from gorod_plugin._proto.gorod.base.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ObserveRequest(_message.Message):
    __slots__ = ("tick", "seen")
    TICK_FIELD_NUMBER: _ClassVar[int]
    SEEN_FIELD_NUMBER: _ClassVar[int]
    tick: int
    seen: _containers.RepeatedCompositeFieldContainer[Seen]
    def __init__(self, tick: _Optional[int] = ..., seen: _Optional[_Iterable[_Union[Seen, _Mapping]]] = ...) -> None: ...

class Seen(_message.Message):
    __slots__ = ("agent", "observation")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    OBSERVATION_FIELD_NUMBER: _ClassVar[int]
    agent: _agent_pb2.Agent
    observation: _observation_pb2.Observation
    def __init__(self, agent: _Optional[_Union[_agent_pb2.Agent, _Mapping]] = ..., observation: _Optional[_Union[_observation_pb2.Observation, _Mapping]] = ...) -> None: ...

class ObserveResponse(_message.Message):
    __slots__ = ("changes",)
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[_record_pb2.RecordChange]
    def __init__(self, changes: _Optional[_Iterable[_Union[_record_pb2.RecordChange, _Mapping]]] = ...) -> None: ...

class RecallRequest(_message.Message):
    __slots__ = ("tick", "queries")
    TICK_FIELD_NUMBER: _ClassVar[int]
    QUERIES_FIELD_NUMBER: _ClassVar[int]
    tick: int
    queries: _containers.RepeatedCompositeFieldContainer[Query]
    def __init__(self, tick: _Optional[int] = ..., queries: _Optional[_Iterable[_Union[Query, _Mapping]]] = ...) -> None: ...

class Query(_message.Message):
    __slots__ = ("agent", "observation", "text", "limit")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    OBSERVATION_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    agent: _agent_pb2.Agent
    observation: _observation_pb2.Observation
    text: str
    limit: int
    def __init__(self, agent: _Optional[_Union[_agent_pb2.Agent, _Mapping]] = ..., observation: _Optional[_Union[_observation_pb2.Observation, _Mapping]] = ..., text: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class RecallResponse(_message.Message):
    __slots__ = ("recollections",)
    RECOLLECTIONS_FIELD_NUMBER: _ClassVar[int]
    recollections: _containers.RepeatedCompositeFieldContainer[Recollection]
    def __init__(self, recollections: _Optional[_Iterable[_Union[Recollection, _Mapping]]] = ...) -> None: ...

class Recollection(_message.Message):
    __slots__ = ("text", "items", "experience")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
    text: str
    items: _containers.RepeatedCompositeFieldContainer[Memory]
    experience: _containers.RepeatedCompositeFieldContainer[_observation_pb2.Action]
    def __init__(self, text: _Optional[str] = ..., items: _Optional[_Iterable[_Union[Memory, _Mapping]]] = ..., experience: _Optional[_Iterable[_Union[_observation_pb2.Action, _Mapping]]] = ...) -> None: ...

class Memory(_message.Message):
    __slots__ = ("key", "text", "score", "tick")
    KEY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    key: str
    text: str
    score: float
    tick: int
    def __init__(self, key: _Optional[str] = ..., text: _Optional[str] = ..., score: _Optional[float] = ..., tick: _Optional[int] = ...) -> None: ...
