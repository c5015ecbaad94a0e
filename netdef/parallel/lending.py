"""Test nets that compute with the parameters of a train net that is cut in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn
from torch.distributed.fsdp import FSDPModule

from netdef.module.layer_module import LayerModule
from netdef.net import Net


@dataclass(frozen=True)
class _Owner:
    """Where a parameter is put together: in ``module``, under ``name``, by ``unit``."""

    module: LayerModule
    name: str
    unit: FSDPModule


class Lender:
    """Lends the parameters of ``net``, which FSDP has cut, to nets that were made to share them."""

    def __init__(self, net: Net) -> None:
        self._owners: dict[Tensor, _Owner] = {}
        for module in net.steps:
            unit = module if isinstance(module, FSDPModule) else net
            assert isinstance(unit, FSDPModule)
            self._owners |= {tensor: _Owner(module, name, unit) for name, tensor in module.named_parameters()}

    def lend_to(self, test_net: Net) -> Callable[[], None]:
        """Have each layer put its parameters together before it runs, and cut up again after.

        All workers must run the net as many times; a call of what is returned counts as once.
        """
        loans = [self._lend(module) for module in test_net.steps]

        def accompany() -> None:
            for loan in loans:
                loan.accompany()

        return accompany

    def _lend(self, module: LayerModule) -> _Loan:
        own = dict(module.named_parameters())
        loan = _Loan(own, {name: self._owners[tensor] for name, tensor in own.items()})
        module.register_forward_pre_hook(loan.take)
        module.register_forward_hook(loan.give_back, always_call=True)
        return loan


@dataclass(frozen=True)
class _Loan:
    """One layer's parts of parameters, and who owns each."""

    parts: dict[str, nn.Parameter]
    owners: dict[str, _Owner]

    def take(self, module: nn.Module, bottoms: object) -> None:
        """Put the whole parameters into the layer."""
        for name, owner in self.owners.items():
            owner.unit.unshard()  # does nothing the second time
            module._parameters[name] = owner.module._parameters[owner.name]

    def give_back(self, module: nn.Module, bottoms: object, tops: object) -> None:
        """Put the parts back."""
        for name, part in self.parts.items():
            module._parameters[name] = part
        self._reshard()

    def accompany(self) -> None:
        """Take part in putting the parameters together, for others."""
        for owner in self.owners.values():
            owner.unit.unshard()
        self._reshard()

    def _reshard(self) -> None:
        for owner in self.owners.values():
            owner.unit.reshard()
