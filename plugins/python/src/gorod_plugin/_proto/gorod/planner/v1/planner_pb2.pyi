from gorod_plugin._proto.gorod.base.v1 import agent_pb2 as _agent_pb2
from gorod_plugin._proto.gorod.base.v1 import observation_pb2 as _observation_pb2
from gorod_plugin._proto.gorod.base.v1 import record_pb2 as _record_pb2
from gorod_plugin._proto.gorod.memory.v1 import memory_pb2 as _memory_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PlanRequest(_message.Message):
    __slots__ = ("tick", "agent", "observation", "recollection", "actions", "max_actions")
    TICK_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    OBSERVATION_FIELD_NUMBER: _ClassVar[int]
    RECOLLECTION_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_ACTIONS_FIELD_NUMBER: _ClassVar[int]
    tick: int
    agent: _agent_pb2.Agent
    observation: _observation_pb2.Observation
    recollection: _memory_pb2.Recollection
    actions: _containers.RepeatedCompositeFieldContainer[_observation_pb2.ActionSpec]
    max_actions: int
    def __init__(self, tick: _Optional[int] = ..., agent: _Optional[_Union[_agent_pb2.Agent, _Mapping]] = ..., observation: _Optional[_Union[_observation_pb2.Observation, _Mapping]] = ..., recollection: _Optional[_Union[_memory_pb2.Recollection, _Mapping]] = ..., actions: _Optional[_Iterable[_Union[_observation_pb2.ActionSpec, _Mapping]]] = ..., max_actions: _Optional[int] = ...) -> None: ...

class PlanResponse(_message.Message):
    __slots__ = ("plan", "actions", "thought", "changes", "reused")
    PLAN_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    THOUGHT_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    REUSED_FIELD_NUMBER: _ClassVar[int]
    plan: _agent_pb2.Plan
    actions: _containers.RepeatedCompositeFieldContainer[_observation_pb2.Action]
    thought: str
    changes: _containers.RepeatedCompositeFieldContainer[_record_pb2.RecordChange]
    reused: bool
    def __init__(self, plan: _Optional[_Union[_agent_pb2.Plan, _Mapping]] = ..., actions: _Optional[_Iterable[_Union[_observation_pb2.Action, _Mapping]]] = ..., thought: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[_record_pb2.RecordChange, _Mapping]]] = ..., reused: _Optional[bool] = ...) -> None: ...
