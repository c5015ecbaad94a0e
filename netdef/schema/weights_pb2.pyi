from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BlobShape(_message.Message):
    __slots__ = ("dim",)
    DIM_FIELD_NUMBER: _ClassVar[int]
    dim: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, dim: _Optional[_Iterable[int]] = ...) -> None: ...

class BlobProto(_message.Message):
    __slots__ = ("shape", "data", "diff", "double_data", "double_diff", "raw_data_type", "raw_diff_type", "raw_data", "raw_diff", "num", "channels", "height", "width")
    class RawType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DOUBLE: _ClassVar[BlobProto.RawType]
        FLOAT: _ClassVar[BlobProto.RawType]
        FLOAT16: _ClassVar[BlobProto.RawType]
        INT: _ClassVar[BlobProto.RawType]
        UINT: _ClassVar[BlobProto.RawType]
        BOOL: _ClassVar[BlobProto.RawType]
    DOUBLE: BlobProto.RawType
    FLOAT: BlobProto.RawType
    FLOAT16: BlobProto.RawType
    INT: BlobProto.RawType
    UINT: BlobProto.RawType
    BOOL: BlobProto.RawType
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    DIFF_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_DATA_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_DIFF_FIELD_NUMBER: _ClassVar[int]
    RAW_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    RAW_DIFF_TYPE_FIELD_NUMBER: _ClassVar[int]
    RAW_DATA_FIELD_NUMBER: _ClassVar[int]
    RAW_DIFF_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    shape: BlobShape
    data: bytes
    diff: bytes
    double_data: bytes
    double_diff: bytes
    raw_data_type: BlobProto.RawType
    raw_diff_type: BlobProto.RawType
    raw_data: bytes
    raw_diff: bytes
    num: int
    channels: int
    height: int
    width: int
    def __init__(self, shape: _Optional[_Union[BlobShape, _Mapping]] = ..., data: _Optional[bytes] = ..., diff: _Optional[bytes] = ..., double_data: _Optional[bytes] = ..., double_diff: _Optional[bytes] = ..., raw_data_type: _Optional[_Union[BlobProto.RawType, str]] = ..., raw_diff_type: _Optional[_Union[BlobProto.RawType, str]] = ..., raw_data: _Optional[bytes] = ..., raw_diff: _Optional[bytes] = ..., num: _Optional[int] = ..., channels: _Optional[int] = ..., height: _Optional[int] = ..., width: _Optional[int] = ...) -> None: ...

class BlobProtoVector(_message.Message):
    __slots__ = ("blobs",)
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    blobs: _containers.RepeatedCompositeFieldContainer[BlobProto]
    def __init__(self, blobs: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ...) -> None: ...

class NetParameter(_message.Message):
    __slots__ = ("name", "layer", "input", "layers")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    layer: _containers.RepeatedCompositeFieldContainer[LayerParameter]
    input: _containers.RepeatedScalarFieldContainer[str]
    layers: _containers.RepeatedCompositeFieldContainer[V1LayerParameter]
    def __init__(self, name: _Optional[str] = ..., layer: _Optional[_Iterable[_Union[LayerParameter, _Mapping]]] = ..., input: _Optional[_Iterable[str]] = ..., layers: _Optional[_Iterable[_Union[V1LayerParameter, _Mapping]]] = ...) -> None: ...

class LayerParameter(_message.Message):
    __slots__ = ("name", "type", "bottom", "top", "blobs")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    bottom: _containers.RepeatedScalarFieldContainer[str]
    top: _containers.RepeatedScalarFieldContainer[str]
    blobs: _containers.RepeatedCompositeFieldContainer[BlobProto]
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., bottom: _Optional[_Iterable[str]] = ..., top: _Optional[_Iterable[str]] = ..., blobs: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ...) -> None: ...

class V1LayerParameter(_message.Message):
    __slots__ = ("bottom", "top", "name", "type", "blobs", "layer")
    BOTTOM_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    bottom: _containers.RepeatedScalarFieldContainer[str]
    top: _containers.RepeatedScalarFieldContainer[str]
    name: str
    type: int
    blobs: _containers.RepeatedCompositeFieldContainer[BlobProto]
    layer: V0LayerParameter
    def __init__(self, bottom: _Optional[_Iterable[str]] = ..., top: _Optional[_Iterable[str]] = ..., name: _Optional[str] = ..., type: _Optional[int] = ..., blobs: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ..., layer: _Optional[_Union[V0LayerParameter, _Mapping]] = ...) -> None: ...

class V0LayerParameter(_message.Message):
    __slots__ = ("name", "type", "blobs")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    blobs: _containers.RepeatedCompositeFieldContainer[BlobProto]
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., blobs: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ...) -> None: ...

class SolverState(_message.Message):
    __slots__ = ("iter", "learned_net", "history", "current_step", "seed", "position", "best_score", "layer_state", "recent_loss", "plateau", "loss_scale")
    ITER_FIELD_NUMBER: _ClassVar[int]
    LEARNED_NET_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    CURRENT_STEP_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    BEST_SCORE_FIELD_NUMBER: _ClassVar[int]
    LAYER_STATE_FIELD_NUMBER: _ClassVar[int]
    RECENT_LOSS_FIELD_NUMBER: _ClassVar[int]
    PLATEAU_FIELD_NUMBER: _ClassVar[int]
    LOSS_SCALE_FIELD_NUMBER: _ClassVar[int]
    iter: int
    learned_net: str
    history: _containers.RepeatedCompositeFieldContainer[BlobProto]
    current_step: int
    seed: int
    position: _containers.RepeatedCompositeFieldContainer[SourcePosition]
    best_score: float
    layer_state: _containers.RepeatedCompositeFieldContainer[LayerState]
    recent_loss: _containers.RepeatedScalarFieldContainer[float]
    plateau: PlateauState
    loss_scale: LossScaleState
    def __init__(self, iter: _Optional[int] = ..., learned_net: _Optional[str] = ..., history: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ..., current_step: _Optional[int] = ..., seed: _Optional[int] = ..., position: _Optional[_Iterable[_Union[SourcePosition, _Mapping]]] = ..., best_score: _Optional[float] = ..., layer_state: _Optional[_Iterable[_Union[LayerState, _Mapping]]] = ..., recent_loss: _Optional[_Iterable[float]] = ..., plateau: _Optional[_Union[PlateauState, _Mapping]] = ..., loss_scale: _Optional[_Union[LossScaleState, _Mapping]] = ...) -> None: ...

class LossScaleState(_message.Message):
    __slots__ = ("scale", "clean", "skipped")
    SCALE_FIELD_NUMBER: _ClassVar[int]
    CLEAN_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    scale: float
    clean: int
    skipped: int
    def __init__(self, scale: _Optional[float] = ..., clean: _Optional[int] = ..., skipped: _Optional[int] = ...) -> None: ...

class PlateauState(_message.Message):
    __slots__ = ("best", "waited", "drops", "tested")
    BEST_FIELD_NUMBER: _ClassVar[int]
    WAITED_FIELD_NUMBER: _ClassVar[int]
    DROPS_FIELD_NUMBER: _ClassVar[int]
    TESTED_FIELD_NUMBER: _ClassVar[int]
    best: float
    waited: int
    drops: int
    tested: int
    def __init__(self, best: _Optional[float] = ..., waited: _Optional[int] = ..., drops: _Optional[int] = ..., tested: _Optional[int] = ...) -> None: ...

class SourcePosition(_message.Message):
    __slots__ = ("net", "layer", "ordinal")
    NET_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    net: str
    layer: str
    ordinal: int
    def __init__(self, net: _Optional[str] = ..., layer: _Optional[str] = ..., ordinal: _Optional[int] = ...) -> None: ...

class LayerState(_message.Message):
    __slots__ = ("layer", "state")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    layer: str
    state: _containers.RepeatedCompositeFieldContainer[BlobProto]
    def __init__(self, layer: _Optional[str] = ..., state: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ...) -> None: ...
