from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Agent(_message.Message):
    __slots__ = ("id", "persona", "mood", "goals", "plan", "group")
    ID_FIELD_NUMBER: _ClassVar[int]
    PERSONA_FIELD_NUMBER: _ClassVar[int]
    MOOD_FIELD_NUMBER: _ClassVar[int]
    GOALS_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    id: str
    persona: Persona
    mood: Mood
    goals: _containers.RepeatedScalarFieldContainer[str]
    plan: Plan
    group: str
    def __init__(self, id: _Optional[str] = ..., persona: _Optional[_Union[Persona, _Mapping]] = ..., mood: _Optional[_Union[Mood, _Mapping]] = ..., goals: _Optional[_Iterable[str]] = ..., plan: _Optional[_Union[Plan, _Mapping]] = ..., group: _Optional[str] = ...) -> None: ...

class Persona(_message.Message):
    __slots__ = ("name", "age", "gender", "occupation", "residence", "bio", "style", "interests", "traits", "beliefs", "relationships", "routine", "extra_json", "goals")
    class TraitsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    class BeliefsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    class RelationshipsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    AGE_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    OCCUPATION_FIELD_NUMBER: _ClassVar[int]
    RESIDENCE_FIELD_NUMBER: _ClassVar[int]
    BIO_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    INTERESTS_FIELD_NUMBER: _ClassVar[int]
    TRAITS_FIELD_NUMBER: _ClassVar[int]
    BELIEFS_FIELD_NUMBER: _ClassVar[int]
    RELATIONSHIPS_FIELD_NUMBER: _ClassVar[int]
    ROUTINE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_JSON_FIELD_NUMBER: _ClassVar[int]
    GOALS_FIELD_NUMBER: _ClassVar[int]
    name: str
    age: int
    gender: str
    occupation: str
    residence: str
    bio: str
    style: str
    interests: _containers.RepeatedScalarFieldContainer[str]
    traits: _containers.ScalarMap[str, float]
    beliefs: _containers.ScalarMap[str, float]
    relationships: _containers.ScalarMap[str, str]
    routine: _containers.RepeatedScalarFieldContainer[str]
    extra_json: bytes
    goals: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., age: _Optional[int] = ..., gender: _Optional[str] = ..., occupation: _Optional[str] = ..., residence: _Optional[str] = ..., bio: _Optional[str] = ..., style: _Optional[str] = ..., interests: _Optional[_Iterable[str]] = ..., traits: _Optional[_Mapping[str, float]] = ..., beliefs: _Optional[_Mapping[str, float]] = ..., relationships: _Optional[_Mapping[str, str]] = ..., routine: _Optional[_Iterable[str]] = ..., extra_json: _Optional[bytes] = ..., goals: _Optional[_Iterable[str]] = ...) -> None: ...

class Mood(_message.Message):
    __slots__ = ("valence", "arousal")
    VALENCE_FIELD_NUMBER: _ClassVar[int]
    AROUSAL_FIELD_NUMBER: _ClassVar[int]
    valence: float
    arousal: float
    def __init__(self, valence: _Optional[float] = ..., arousal: _Optional[float] = ...) -> None: ...

class Plan(_message.Message):
    __slots__ = ("purpose", "place", "since")
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    purpose: str
    place: str
    since: int
    def __init__(self, purpose: _Optional[str] = ..., place: _Optional[str] = ..., since: _Optional[int] = ...) -> None: ...
