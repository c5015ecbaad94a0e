from netdef.draw.run_log import Curve
from netdef.draw.smooth import SHARE, smoothed


def test_a_short_curve_stays() -> None:
    curve = Curve([0, 10, 20], [5.0, 1.0, 3.0])
    assert smoothed(curve) == curve


def test_each_point_is_the_mean_of_those_around_it() -> None:
    values = [float(number**2) for number in range(2 * SHARE)]
    found = smoothed(Curve(list(range(len(values))), values))
    assert found.iterations == list(range(len(values)))
    assert found.values[0] == (0 + 1 + 4) / 3
    assert found.values[10] == (64 + 81 + 100 + 121 + 144) / 5
    assert found.values[-1] == sum(values[-3:]) / 3
