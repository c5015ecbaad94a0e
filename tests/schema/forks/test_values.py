from netdef.schema.forks.values import way_round_value


def test_a_value_of_a_fork_has_its_owner_and_a_way_round() -> None:
    assert (
        way_round_value("Engine", "MKL2017") == "MKL2017 comes from Intel's Caffe: remove it: engine changes no number"
    )
    assert way_round_value("lr_policy", "multifixed").startswith("multifixed comes from YOLO's Caffe: write")
    assert way_round_value("device_id", "[…]") == "[…] comes from TSN's Caffe: the flag --gpu 0,1 names several GPUs"


def test_other_values_have_none() -> None:
    assert way_round_value("Engine", "CUDNN") == way_round_value("PoolMethod", "MKL2017") == ""
