from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ClassifyRequest(_message.Message):
    __slots__ = ("texts", "tick")
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    texts: _containers.RepeatedScalarFieldContainer[str]
    tick: int
    def __init__(self, texts: _Optional[_Iterable[str]] = ..., tick: _Optional[int] = ...) -> None: ...

class ClassifyResponse(_message.Message):
    __slots__ = ("sentiments",)
    SENTIMENTS_FIELD_NUMBER: _ClassVar[int]
    sentiments: _containers.RepeatedCompositeFieldContainer[Sentiment]
    def __init__(self, sentiments: _Optional[_Iterable[_Union[Sentiment, _Mapping]]] = ...) -> None: ...

class Sentiment(_message.Message):
    __slots__ = ("valence", "label", "scores", "emotion", "arousal")
    class ScoresEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    VALENCE_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    EMOTION_FIELD_NUMBER: _ClassVar[int]
    AROUSAL_FIELD_NUMBER: _ClassVar[int]
    valence: float
    label: str
    scores: _containers.ScalarMap[str, float]
    emotion: str
    arousal: float
    def __init__(self, valence: _Optional[float] = ..., label: _Optional[str] = ..., scores: _Optional[_Mapping[str, float]] = ..., emotion: _Optional[str] = ..., arousal: _Optional[float] = ...) -> None: ...
