from gorod_plugin._proto.gorod.base.v1 import observation_pb2 as _observation_pb2
from gorod_plugin._proto.gorod.base.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DecideRequest(_message.Message):
    __slots__ = ("tick", "town", "actions")
    TICK_FIELD_NUMBER: _ClassVar[int]
    TOWN_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    tick: int
    town: Town
    actions: _containers.RepeatedCompositeFieldContainer[_observation_pb2.ActionSpec]
    def __init__(self, tick: _Optional[int] = ..., town: _Optional[_Union[Town, _Mapping]] = ..., actions: _Optional[_Iterable[_Union[_observation_pb2.ActionSpec, _Mapping]]] = ...) -> None: ...

class DecideResponse(_message.Message):
    __slots__ = ("action", "thought", "changes")
    ACTION_FIELD_NUMBER: _ClassVar[int]
    THOUGHT_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    action: _observation_pb2.Action
    thought: str
    changes: _containers.RepeatedCompositeFieldContainer[_record_pb2.RecordChange]
    def __init__(self, action: _Optional[_Union[_observation_pb2.Action, _Mapping]] = ..., thought: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[_record_pb2.RecordChange, _Mapping]]] = ...) -> None: ...

class Town(_message.Message):
    __slots__ = ("name", "time", "day", "hour", "money", "width", "height", "goal", "left", "free", "buildings", "citizens", "types", "recruit_cost", "newcomer_cash", "last", "goal_money", "goal_population")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    HOUR_FIELD_NUMBER: _ClassVar[int]
    MONEY_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    FREE_FIELD_NUMBER: _ClassVar[int]
    BUILDINGS_FIELD_NUMBER: _ClassVar[int]
    CITIZENS_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    RECRUIT_COST_FIELD_NUMBER: _ClassVar[int]
    NEWCOMER_CASH_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    GOAL_MONEY_FIELD_NUMBER: _ClassVar[int]
    GOAL_POPULATION_FIELD_NUMBER: _ClassVar[int]
    name: str
    time: str
    day: int
    hour: int
    money: int
    width: int
    height: int
    goal: str
    left: int
    free: _containers.RepeatedCompositeFieldContainer[Lot]
    buildings: _containers.RepeatedCompositeFieldContainer[Building]
    citizens: _containers.RepeatedCompositeFieldContainer[Citizen]
    types: _containers.RepeatedCompositeFieldContainer[BuildingType]
    recruit_cost: int
    newcomer_cash: int
    last: _observation_pb2.Outcome
    goal_money: int
    goal_population: int
    def __init__(self, name: _Optional[str] = ..., time: _Optional[str] = ..., day: _Optional[int] = ..., hour: _Optional[int] = ..., money: _Optional[int] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., goal: _Optional[str] = ..., left: _Optional[int] = ..., free: _Optional[_Iterable[_Union[Lot, _Mapping]]] = ..., buildings: _Optional[_Iterable[_Union[Building, _Mapping]]] = ..., citizens: _Optional[_Iterable[_Union[Citizen, _Mapping]]] = ..., types: _Optional[_Iterable[_Union[BuildingType, _Mapping]]] = ..., recruit_cost: _Optional[int] = ..., newcomer_cash: _Optional[int] = ..., last: _Optional[_Union[_observation_pb2.Outcome, _Mapping]] = ..., goal_money: _Optional[int] = ..., goal_population: _Optional[int] = ...) -> None: ...

class Lot(_message.Message):
    __slots__ = ("x", "y")
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    x: int
    y: int
    def __init__(self, x: _Optional[int] = ..., y: _Optional[int] = ...) -> None: ...

class Building(_message.Message):
    __slots__ = ("id", "type", "lot", "income", "free_beds", "beds", "free_desks", "desks")
    ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    LOT_FIELD_NUMBER: _ClassVar[int]
    INCOME_FIELD_NUMBER: _ClassVar[int]
    FREE_BEDS_FIELD_NUMBER: _ClassVar[int]
    BEDS_FIELD_NUMBER: _ClassVar[int]
    FREE_DESKS_FIELD_NUMBER: _ClassVar[int]
    DESKS_FIELD_NUMBER: _ClassVar[int]
    id: str
    type: str
    lot: Lot
    income: int
    free_beds: int
    beds: int
    free_desks: int
    desks: int
    def __init__(self, id: _Optional[str] = ..., type: _Optional[str] = ..., lot: _Optional[_Union[Lot, _Mapping]] = ..., income: _Optional[int] = ..., free_beds: _Optional[int] = ..., beds: _Optional[int] = ..., free_desks: _Optional[int] = ..., desks: _Optional[int] = ...) -> None: ...

class BuildingType(_message.Message):
    __slots__ = ("name", "cost", "beds", "desks", "menu")
    class MenuEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    BEDS_FIELD_NUMBER: _ClassVar[int]
    DESKS_FIELD_NUMBER: _ClassVar[int]
    MENU_FIELD_NUMBER: _ClassVar[int]
    name: str
    cost: int
    beds: int
    desks: int
    menu: _containers.ScalarMap[str, int]
    def __init__(self, name: _Optional[str] = ..., cost: _Optional[int] = ..., beds: _Optional[int] = ..., desks: _Optional[int] = ..., menu: _Optional[_Mapping[str, int]] = ...) -> None: ...

class Citizen(_message.Message):
    __slots__ = ("id", "name", "bio", "goal", "cash", "home", "mood")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    BIO_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    CASH_FIELD_NUMBER: _ClassVar[int]
    HOME_FIELD_NUMBER: _ClassVar[int]
    MOOD_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    bio: str
    goal: str
    cash: int
    home: str
    mood: float
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., bio: _Optional[str] = ..., goal: _Optional[str] = ..., cash: _Optional[int] = ..., home: _Optional[str] = ..., mood: _Optional[float] = ...) -> None: ...
