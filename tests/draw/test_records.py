from netdef.draw.records import declared_records
from netdef.schema import netdef_pb2 as schema


def test_record_shapes_as_given() -> None:
    layer = schema.LayerParameter(type="Data")
    layer.data_param.record_shape.add(dim=[3, 5, 7])
    layer.data_param.record_shape.add(dim=[])
    assert declared_records(layer) == ((3, 5, 7), ())


def test_nothing_declared() -> None:
    layer = schema.LayerParameter(type="Data")
    layer.data_param.source = "somewhere"
    assert declared_records(layer) is None
