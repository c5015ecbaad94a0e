from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from netdef.data.datum import Datum, parse_datum
from netdef.data.image_datum import ImageOptions, make_datum
from netdef.data.image_list import ListedImage
from netdef.errors import DataError, UsageError
from tests.data.databases import pictures

PICTURE = pictures(1)[0].transpose(1, 2, 0)
Options = ImageOptions


def make(folder: Path, options: ImageOptions, name: str = "a.PNG") -> tuple[Datum, bytes]:
    path = folder / name
    cv2.imwrite(str(path), PICTURE)
    return parse_datum(make_datum(ListedImage(name, str(folder), 7), options).content), path.read_bytes()


def test_pixels_are_planes_of_blue_green_and_red(tmp_path: Path) -> None:
    datum, _ = make(tmp_path, Options())
    assert (datum.channels, datum.height, datum.width, datum.label, datum.encoded) == (3, 9, 7, 7, False)
    assert bytes(datum.data) == PICTURE.transpose(2, 0, 1).tobytes()


def test_gray_and_resized(tmp_path: Path) -> None:
    datum, _ = make(tmp_path, Options(gray=True, resize_width=5, resize_height=4))
    gray = cv2.imread(str(tmp_path / "a.PNG"), cv2.IMREAD_GRAYSCALE)
    assert gray is not None
    assert (datum.channels, datum.height, datum.width) == (1, 4, 5)
    assert bytes(datum.data) == cv2.resize(gray, (5, 4)).tobytes()


def test_the_shorter_side_is_resized_and_the_middle_cut_out(tmp_path: Path) -> None:
    scaled, _ = make(tmp_path, Options(resize_shorter=14))
    assert (scaled.height, scaled.width) == (18, 14)
    large = cv2.resize(PICTURE, (14, 18)).transpose(2, 0, 1)
    assert bytes(scaled.data) == large.tobytes()
    cut, _ = make(tmp_path, Options(resize_shorter=14, centre_crop=11))
    assert (cut.height, cut.width) == (11, 11)
    assert bytes(cut.data) == large[:, 3:14, 1:12].tobytes()
    encoded, _ = make(tmp_path, Options(encoded=True, centre_crop=6))
    image = cv2.imdecode(np.frombuffer(encoded.data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    assert np.array_equal(image, PICTURE[1:7, :6])


def test_only_the_middle_is_cut_out(tmp_path: Path) -> None:
    datum, _ = make(tmp_path, Options(centre_crop=6))
    assert bytes(datum.data) == PICTURE[1:7, :6].transpose(2, 0, 1).tobytes()
    with pytest.raises(DataError, match=r"a.PNG: is 9×7 \(height × width\), too small for a square of 8"):
        make(tmp_path, Options(centre_crop=8))


@pytest.mark.parametrize(
    ("options", "same"),
    [
        (Options(encoded=True), True),
        (Options(encoded=True, encode_type="png"), True),
        (Options(encode_type="png"), True),
        (Options(encode_type="bmp"), False),
        (Options(encoded=True, gray=True), False),
        (Options(encoded=True, resize_width=8, resize_height=9), False),
    ],
)
def test_a_file_that_nothing_changes_is_stored_as_it_is(tmp_path: Path, options: ImageOptions, same: bool) -> None:
    datum, file = make(tmp_path, options)
    assert datum.encoded
    assert (bytes(datum.data) == file) == same
    decoded = cv2.imdecode(np.frombuffer(datum.data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert decoded.shape == ((9, 7) if options.gray else (9, options.resize_width or 7, 3))


def test_a_gray_file_stays_where_gray_is_asked_for(tmp_path: Path) -> None:
    file = cv2.imencode(".png", PICTURE[..., 0])[1].tobytes()
    (tmp_path / "a.png").write_bytes(file)
    made = make_datum(ListedImage("a.png", str(tmp_path), 0), Options(encoded=True, gray=True))
    assert bytes(parse_datum(made.content).data) == file


def test_jpeg_and_jpg_are_one_format(tmp_path: Path) -> None:
    datum, file = make(tmp_path, Options(encode_type="jpeg"), "a.jpg")
    assert bytes(datum.data) == file


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none.png: cannot be read .No such file"):
        make_datum(ListedImage("none.png", str(tmp_path), 0), Options())
    for content in (b"", b"no image"):
        (tmp_path / "a.png").write_bytes(content)
        with pytest.raises(DataError, match=r"a.png: is no image, or a damaged one"):
            make_datum(ListedImage("a.png", str(tmp_path), 0), Options())


def test_options_that_contradict_one_another() -> None:
    with pytest.raises(UsageError, match="resize_width is 5 and resize_height 0: give both"):
        Options(resize_width=5)
    with pytest.raises(UsageError, match="resize_width and resize_shorter are both given"):
        Options(resize_width=5, resize_height=5, resize_shorter=5)
    with pytest.raises(UsageError, match="centre_crop is 6, resize_shorter only 5"):
        Options(resize_shorter=5, centre_crop=6)
    with pytest.raises(UsageError, match="resize_shorter is -5 and centre_crop 0: must not be negative"):
        Options(resize_shorter=-5)
    with pytest.raises(UsageError, match='encode_type is "gif8", which is no format that can be written'):
        Options(encode_type="gif8")


def test_a_file_whose_ending_names_no_format_cannot_be_encoded(tmp_path: Path) -> None:
    path = tmp_path / "a.xyz"
    path.write_bytes(cv2.imencode(".png", PICTURE)[1].tobytes())
    with pytest.raises(DataError, match=r"a.xyz: cannot be encoded as xyz"):
        make_datum(ListedImage("a.xyz", str(tmp_path), 0), Options(encoded=True, resize_width=5, resize_height=4))
