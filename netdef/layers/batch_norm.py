"""BatchNorm: channels brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import OptionError, ShapeError
from netdef.layers.base import Context, Kind, Layer, StateSpec
from netdef.layers.register import layer
from netdef.layers.shape import Shape, show

if TYPE_CHECKING:
    from torch import Tensor

    Moments = Callable[[Tensor], tuple[Tensor, Tensor, int]]


@layer("BatchNorm")
class BatchNorm(Layer):
    """Normalize each channel by the statistics of the batch (training) or by running ones (testing).

    y = (x - mean) / sqrt(variance + eps), without slope and offset: a Scale layer follows for those.
    Running sums: s ← fraction·s + statistic, and a factor f ← fraction·f + 1 by which they are divided when used
    (0 where f is 0). The variance in the sums is the unbiased one, times m/(m - 1), m values a channel;
    the batch itself is normalized by the biased one.

    Bottom: N×C×…. Top: the same.
    State: sum of means C, sum of variances C, factor 1; blobs of the layer in weights files.
    Raises: OptionError for a learning rate on the statistics; ShapeError for a bottom of one axis.
    Source: batch_norm_layer.cpp; arXiv 1502.03167, algorithm 1.
    """

    kind: ClassVar[Kind] = Kind.NORMALIZATION
    channelwise: ClassVar[bool] = True
    in_place: ClassVar[bool] = True
    moments: Moments | None = None
    """Gives mean, biased variance and number of values of a channel, where the batch is but a part of a larger one."""

    def setup(self) -> None:
        """Read the options."""
        options = self.message.batch_norm_param
        self.fraction = options.moving_average_fraction
        self.eps = options.eps
        self.use_global = options.use_global_stats if options.HasField("use_global_stats") else not self.train
        for index, param in enumerate(self.message.param):
            if param.lr_mult != 0:
                message = f"lr_mult is {param.lr_mult:g}, must be 0: statistics are not learned"
                raise OptionError(message, path=("param", index, "lr_mult"))

    @property
    def uses_batch_statistics(self) -> bool:  # type: ignore[override]
        """Tell whether a part of the batch gives other numbers than the whole."""
        return not self.use_global

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the bottom's shape."""
        if len(bottoms[0]) < 2:
            raise ShapeError(f"bottom is {show(bottoms[0])}, must have at least 2 axes: items and channels")
        return bottoms

    def by_rows(self, *bottoms: Shape) -> bool:
        """Tell whether the statistics are given."""
        return self.use_global

    def state(self, *bottoms: Shape) -> tuple[StateSpec, ...]:
        """Return the two sums and their factor."""
        channels = (bottoms[0][1],)
        return (StateSpec(channels, saved=True), StateSpec(channels, saved=True), StateSpec((1,), saved=True))

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Normalize; in training by the batch, giving back new sums."""
        return (self.normalized(ctx, bottoms[0]),)

    def normalized(self, ctx: Context, x: Tensor, factors: Tensor | None = None, bias: Tensor | None = None) -> Tensor:
        """Return y, or factor · y + bias, in memory of its own; those of a Scale layer behind this one."""
        from torch.nn import functional

        mean_sum, variance_sum, factor = ctx.state
        if self.use_global:
            scale = factor.where(factor == 0, 1 / factor)
            return functional.batch_norm(x, mean_sum * scale, variance_sum * scale, factors, bias, eps=self.eps)
        if self.moments is None and x.numel() > x.shape[1]:
            mean, variance = mean_sum.new_zeros(mean_sum.shape), mean_sum.new_zeros(mean_sum.shape)
            # With all the weight on the newest batch torch leaves its mean and unbiased variance there.
            y = functional.batch_norm(x, mean, variance, factors, bias, training=True, momentum=1.0, eps=self.eps)
            ctx.new_state = self._accumulate(ctx.state, mean, variance)
            return y
        y = self._by_moments(ctx, x, self.moments) if self.moments else self._of_few(ctx, x)
        y = y if factors is None else y * _over(x, factors)
        return y if bias is None else y + _over(x, bias)

    def _by_moments(self, ctx: Context, x: Tensor, moments: Moments) -> Tensor:
        mean, variance, spread = moments(x)
        correction = spread / (spread - 1) if spread > 1 else 1.0
        ctx.new_state = self._accumulate(ctx.state, mean.detach(), correction * variance.detach())
        return (x - _over(x, mean)) * _over(x, (variance + self.eps).rsqrt())

    def _of_few(self, ctx: Context, x: Tensor) -> Tensor:
        """Normalize where a channel has one value, which is its own mean, or none."""
        if x.numel():
            mean = x.detach().flatten().to(ctx.state[0])
            ctx.new_state = self._accumulate(ctx.state, mean, mean.new_zeros(mean.shape))
        return x * 0

    def affine(self, blobs: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return the factor and the offset of each channel where the statistics are given, in float64."""
        mean_sum, variance_sum, factor = (blob.double() for blob in blobs)
        scale = factor.where(factor == 0, 1 / factor)
        slope = (variance_sum * scale + self.eps).rsqrt()
        return slope, -mean_sum * scale * slope

    def _accumulate(self, state: Sequence[Tensor], mean: Tensor, variance: Tensor) -> tuple[Tensor, ...]:
        """Return the sums with a batch's mean and unbiased variance added."""
        mean_sum, variance_sum, factor = state
        return self.fraction * mean_sum + mean, self.fraction * variance_sum + variance, self.fraction * factor + 1


def _over(x: Tensor, channels: Tensor) -> Tensor:
    """Return a number of each channel so that it lies over N×C×…."""
    return channels.view(-1, *(1 for _ in x.shape[2:]))
