from netdef.draw.palette import FAINT_LINE, FILLS, INK, border, cluster_colors
from netdef.layers.base import Kind


def luminance(color: str) -> float:
    """WCAG's relative luminance."""
    values = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_kind_has_a_colour_of_its_own() -> None:
    assert set(FILLS) == set(Kind)
    assert len(set(FILLS.values())) == len(Kind)


def test_text_can_be_read_on_every_colour() -> None:
    for fill in FILLS.values():
        assert (luminance(fill) + 0.05) / (luminance(INK) + 0.05) > 4.5


def test_borders_are_darker() -> None:
    assert border("#FF8000") == "#9E4F00"


def test_groups_have_their_colour_if_it_is_one() -> None:
    assert cluster_colors("#6495ED") == ("#6495ED", "#6495ED1A")
    for wrong in ("", "blue", "#6495E", "#6495ED00"):
        assert cluster_colors(wrong)[0] == FAINT_LINE
