from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from netdef.data.image_header import image_shape

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 7, 4), dtype=np.uint8)
COLOR = Image.fromarray(PIXELS[..., :3].copy())
GRAY = Image.fromarray(PIXELS[..., 0].copy())
KINDS = {
    "L": GRAY,
    "LA": Image.fromarray(PIXELS[..., :2].copy()),
    "RGB": COLOR,
    "RGBA": Image.fromarray(PIXELS),
    "P": COLOR.quantize(16),
    "1": GRAY.convert("1"),
    "CMYK": COLOR.convert("CMYK"),
}


def encode(kind: str, form: str, **options: Any) -> bytes:
    content = io.BytesIO()
    KINDS[kind].save(content, form, **options)
    return content.getvalue()


@pytest.mark.parametrize(
    ("kind", "form", "options"),
    [
        *((kind, "PNG", {}) for kind in ("L", "LA", "RGB", "RGBA", "P", "1")),
        ("P", "PNG", {"transparency": 3}),
        ("RGB", "PNG", {"transparency": (1, 2, 3)}),
        ("L", "PNG", {"transparency": 3}),
        *((kind, "BMP", {}) for kind in ("L", "RGB", "P", "1", "RGBA")),
        *((kind, "JPEG", {"progressive": slow}) for kind in ("L", "RGB", "CMYK") for slow in (False, True)),
        ("RGB", "JPEG", {"comment": b"\xff\xc0 a frame? no" * 99}),
    ],
)
def test_agrees_with_the_decoder(kind: str, form: str, options: dict[str, Any]) -> None:
    content = encode(kind, form, **options)
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    channels = 1 if decoded.ndim == 2 else decoded.shape[2]
    assert image_shape(content) == (channels, *decoded.shape[:2]) == (channels, 5, 7)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
def test_a_cut_off_header_has_no_shape(form: str) -> None:
    content = encode("RGB", form)
    assert all(image_shape(content[:length]) is None for length in range(26))


def test_other_formats_have_no_shape() -> None:
    assert image_shape(encode("RGB", "TIFF")) is None
    assert image_shape(b"\xff\xd8no marker") is None
    assert image_shape(b"") is None
