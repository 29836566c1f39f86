from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Observation(_message.Message):
    __slots__ = ("tick", "time", "place", "notifications", "timeline", "messages", "people", "outcomes", "trends", "groups", "open_groups")
    TICK_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATIONS_FIELD_NUMBER: _ClassVar[int]
    TIMELINE_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    TRENDS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    OPEN_GROUPS_FIELD_NUMBER: _ClassVar[int]
    tick: int
    time: str
    place: str
    notifications: _containers.RepeatedCompositeFieldContainer[Item]
    timeline: _containers.RepeatedCompositeFieldContainer[Item]
    messages: _containers.RepeatedCompositeFieldContainer[Item]
    people: _containers.RepeatedCompositeFieldContainer[Person]
    outcomes: _containers.RepeatedCompositeFieldContainer[Outcome]
    trends: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.RepeatedScalarFieldContainer[str]
    open_groups: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tick: _Optional[int] = ..., time: _Optional[str] = ..., place: _Optional[str] = ..., notifications: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., timeline: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., messages: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., people: _Optional[_Iterable[_Union[Person, _Mapping]]] = ..., outcomes: _Optional[_Iterable[_Union[Outcome, _Mapping]]] = ..., trends: _Optional[_Iterable[str]] = ..., groups: _Optional[_Iterable[str]] = ..., open_groups: _Optional[_Iterable[str]] = ...) -> None: ...

class Person(_message.Message):
    __slots__ = ("id", "name")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ("id", "kind", "author", "author_name", "text", "group", "audience", "time", "parent", "event", "options", "rank", "score", "addressed")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    ADDRESSED_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: str
    author: str
    author_name: str
    text: str
    group: str
    audience: str
    time: str
    parent: str
    event: str
    options: _containers.RepeatedScalarFieldContainer[str]
    rank: int
    score: float
    addressed: bool
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[str] = ..., author: _Optional[str] = ..., author_name: _Optional[str] = ..., text: _Optional[str] = ..., group: _Optional[str] = ..., audience: _Optional[str] = ..., time: _Optional[str] = ..., parent: _Optional[str] = ..., event: _Optional[str] = ..., options: _Optional[_Iterable[str]] = ..., rank: _Optional[int] = ..., score: _Optional[float] = ..., addressed: _Optional[bool] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("action", "ok", "detail")
    ACTION_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    action: Action
    ok: bool
    detail: str
    def __init__(self, action: _Optional[_Union[Action, _Mapping]] = ..., ok: _Optional[bool] = ..., detail: _Optional[str] = ...) -> None: ...

class Action(_message.Message):
    __slots__ = ("kind", "args")
    class ArgsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    KIND_FIELD_NUMBER: _ClassVar[int]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    kind: str
    args: _containers.ScalarMap[str, str]
    def __init__(self, kind: _Optional[str] = ..., args: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ActionSpec(_message.Message):
    __slots__ = ("kind", "description", "args")
    KIND_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    kind: str
    description: str
    args: _containers.RepeatedCompositeFieldContainer[ArgSpec]
    def __init__(self, kind: _Optional[str] = ..., description: _Optional[str] = ..., args: _Optional[_Iterable[_Union[ArgSpec, _Mapping]]] = ...) -> None: ...

class ArgSpec(_message.Message):
    __slots__ = ("name", "description", "required", "values")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    required: bool
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., required: _Optional[bool] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...
