"""The parts of a picture of training curves.

One run has a colour for each thing that it shows; several runs have a colour each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from netdef.draw.run_log import Curve, RunLog
from netdef.draw.smooth import smoothed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Paul Tol's "bright" scheme: lines that the colour-blind can tell apart.
COLORS = ("#4477AA", "#EE6677", "#228833", "#AA3377", "#66CCEE", "#CCBB44", "#BBBBBB")
DASHES = ("-", "--", ":", "-.")
LOG_RATIO = 20  # what falls by more is easier to follow on a logarithmic axis


def has_loss(log: RunLog) -> bool:
    """Tell whether a run has losses, of training or of tests."""
    return "loss" in log.training or bool(log.losses())


def has_scores(log: RunLog) -> bool:
    """Tell whether a run was tested for anything but losses."""
    return bool(log.scores())


def has_rate(log: RunLog) -> bool:
    """Tell whether a run says its learning rate."""
    return "lr" in log.training


def draw_loss(axes: Axes, logs: Sequence[RunLog]) -> None:
    """Draw the loss of training, raw and smoothed, and the losses of the tests."""
    shown: list[Curve] = []
    for run, log in enumerate(logs):
        if "loss" in log.training:
            raw, calm = log.training["loss"], _calm(log)
            color = _color(logs, run, 0)
            axes.plot(raw.iterations, raw.values, color=color, linewidth=0.8, alpha=0.35)
            axes.plot(calm.iterations, calm.values, color=color, linewidth=1.8, label=_label(logs, run, "training"))
            shown.append(calm)
        for number, (name, curve) in enumerate(log.losses().items()):
            _draw_test(axes, curve, _color(logs, run, 1 + number), "--", _label(logs, run, f"test {name}"))
            shown.append(curve)
    axes.set_title("loss")
    axes.legend()
    _choose_scale(axes, shown)


def draw_scores(axes: Axes, logs: Sequence[RunLog]) -> None:
    """Draw what the tests measured beside losses: accuracies, as a rule. The legend has the last values."""
    from matplotlib.ticker import PercentFormatter

    curves: list[Curve] = []
    for run, log in enumerate(logs):
        for number, (name, curve) in enumerate(log.scores().items()):
            label = _label(logs, run, f"{name} {_last(curve)}")
            dash = DASHES[number % len(DASHES)] if len(logs) > 1 else "-"
            _draw_test(axes, curve, _color(logs, run, 2 + number), dash, label)
            curves.append(curve)
    axes.set_title("test data")
    axes.legend()
    if all(map(_is_share, curves)):
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))


def draw_rate(axes: Axes, logs: Sequence[RunLog]) -> None:
    """Draw the learning rate."""
    curves = [(run, log.training["lr"]) for run, log in enumerate(logs) if has_rate(log)]
    for run, curve in curves:
        axes.plot(curve.iterations, curve.values, color=_color(logs, run, 3), linewidth=1.4)
    axes.set_title("learning rate")
    _choose_scale(axes, [curve for _, curve in curves])


def _draw_test(axes: Axes, curve: Curve, color: str, dash: str, label: str) -> None:
    axes.plot(
        curve.iterations,
        curve.values,
        color=color,
        linestyle=dash,
        linewidth=1.4,
        marker="o",
        markersize=3,
        label=label,
    )


def _calm(log: RunLog) -> Curve:
    """Return the loss that the solver has smoothed (average_loss), or else a running mean."""
    loss = log.training["loss"]
    own = log.training.get("smoothed_loss", loss)
    return smoothed(loss) if own.values == loss.values else own


def _label(logs: Sequence[RunLog], run: int, what: str) -> str:
    return f"{logs[run].name}: {what}" if len(logs) > 1 else what


def _color(logs: Sequence[RunLog], run: int, number: int) -> str:
    return COLORS[(run if len(logs) > 1 else number) % len(COLORS)]


def _last(curve: Curve) -> str:
    value = curve.values[-1]
    return f"{value:.2%}" if _is_share(curve) else f"{value:.4g}"


def _is_share(curve: Curve) -> bool:
    return all(0 <= value <= 1 for value in curve.values)


def _choose_scale(axes: Axes, curves: Iterable[Curve]) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    values = [value for curve in curves for value in curve.values if value == value]
    if values and min(values) > 0 and max(values) > LOG_RATIO * min(values):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
