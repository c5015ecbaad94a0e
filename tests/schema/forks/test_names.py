from netdef.schema.forks.names import folded


def test_spellings_of_one_name_fold_into_one() -> None:
    assert folded("ROI_POOLING") == folded("ROIPooling") == folded("roi_pooling") == "roipooling"
