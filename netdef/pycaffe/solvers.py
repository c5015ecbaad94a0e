"""pycaffe's solvers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from os import PathLike, fspath
from typing import ClassVar
from weakref import WeakMethod

from netdef.net import Net as PlainNet
from netdef.prototxt.edit import assign
from netdef.prototxt.tree import Message as Tree
from netdef.pycaffe import mode
from netdef.pycaffe.buffered_net import BufferedNet
from netdef.pycaffe.debug_info import DebugLog
from netdef.pycaffe.log import log
from netdef.pycaffe.net import Net
from netdef.pycaffe.supply import Supply
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_solver
from netdef.session import open_training
from netdef.solver.batch import output_weights
from netdef.solver.caffe_lines import CaffeLines
from netdef.solver.crew import Crew
from netdef.solver.events import Event, SnapshotDue
from netdef.solver.loop import due
from netdef.solver.snapshot import restore
from netdef.solver.ways import OWN_FIELDS

FilePath = str | PathLike[str]


class Solver:
    """Trains the net of a solver file, an iteration at a time; ``type`` says by which rule, whatever the file says.

    After an iteration the gradients of the parameters hold what was subtracted from them.

    Raises: DefinitionError with everything wrong in the files; WeightsError; DataError; what Python layers raise.
    """

    type: ClassVar[str] = ""

    def __init__(self, solver_file: FilePath) -> None:
        self._training = open_training(
            solver_file,
            device=mode.current_device(),
            edit_solver=partial(_settle, type=self.type),
            keep_updates=True,
            allow_python_layers=True,
            crew=Crew(make_net=BufferedNet, open_batches=Supply, open_tests=Supply),
        )
        self._solver = self._training.solver
        self._lines = CaffeLines(output_weights(self._solver.net), self._training.options.display)
        self.net = _view(self._solver.net, self._solver.batches)
        self._solver.before_update.append(self.net.settle)
        self.test_nets = [_view(test.net, test.batches) for test in self._solver.tests]
        self.param.debug_info = load_solver(solver_file).message.debug_info
        self._debug_log = DebugLog(_buffered(self._solver.net), norms=True)
        self._solver.before_iteration.append(_weakly(self._turn_debug_log))
        for test in self._solver.tests:
            DebugLog(_buffered(test.net)).turn(self.param.debug_info)

    @property
    def iter(self) -> int:
        """How many iterations are done."""
        return self._solver.iteration

    @property
    def lr(self) -> float:
        """The learning rate of the next iteration."""
        return self._solver.policy.rate(self.iter)

    @property
    def param(self) -> schema.SolverParameter:
        """The solver's options; what is written into them counts from the next iteration on."""
        return self._training.options

    def solve(self, resume_file: FilePath | None = None) -> None:
        """Train to max_iter, from a .solverstate if there is one."""
        if resume_file is not None:
            self.restore(resume_file)
        self._follow(self._solver.solve())

    def step(self, iterations: int) -> None:
        """Do so many iterations, with the tests and snapshots that are due between them."""
        self._follow(self._solver.step(iterations))

    def _follow(self, events: Iterable[Event]) -> None:
        for event in events:
            for line in self._lines.of(event):
                log(line)
            if isinstance(event, SnapshotDue):
                self.snapshot()

    def _turn_debug_log(self) -> None:
        """Log the passes of the iterations that are displayed, as Caffe does."""
        self._debug_log.turn(self.param.debug_info and due(self.param.display, self.iter))

    def apply_update(self) -> None:
        """Update the parameters from their gradients as they stand now, and count the iteration."""
        self._bring_home()
        self._solver.apply_update()

    def add_callback(self, on_start: Callable[[], object], on_gradients_ready: Callable[[], object]) -> None:
        """Have functions called before each iteration, and when its gradients are there."""
        self._solver.before_iteration.append(on_start)
        self._solver.before_update += (on_gradients_ready, self.net.settle)

    def snapshot(self) -> None:
        """Save weights and the solver's state under snapshot_prefix.

        Raises: SnapshotError.
        """
        self._bring_home()
        weights, state = self._training.snapshot()
        log(f"Snapshotting to {weights} and {state}")

    def restore(self, state_file: FilePath) -> None:
        """Go on from a .solverstate; the databases stay where they are.

        Raises: SnapshotError.
        """
        self._bring_home()
        state = restore(fspath(state_file), self._solver.net, self._solver.updater.histories)
        self._solver.resume(state.iteration, state.recent_loss)

    def share_weights(self, net: Net) -> None:
        """Have another net use the parameters of this solver's net, layer by layer by name."""
        net.share_with(self.net)

    def _bring_home(self) -> None:
        self.net.settle()


class SGDSolver(Solver):
    """Stochastic gradient descent with momentum."""

    type = "SGD"


class NesterovSolver(Solver):
    """Nesterov's accelerated gradient."""

    type = "Nesterov"


class AdaGradSolver(Solver):
    """AdaGrad."""

    type = "AdaGrad"


class RMSPropSolver(Solver):
    """RMSProp."""

    type = "RMSProp"


class AdaDeltaSolver(Solver):
    """AdaDelta."""

    type = "AdaDelta"


class AdamSolver(Solver):
    """Adam."""

    type = "Adam"


SOLVERS = (SGDSolver, NesterovSolver, AdaGradSolver, RMSPropSolver, AdaDeltaSolver, AdamSolver)


def get_solver(solver_file: FilePath) -> Solver:
    """Return the solver of the type that its file names.

    Raises: DefinitionError, and what the solver raises.
    """
    wanted = load_solver(solver_file).message.type
    types = {solver.type: solver for solver in SOLVERS}
    return types.get(wanted, Solver)(solver_file)


def _weakly(method: Callable[[], object]) -> Callable[[], object]:
    """Return a call of a method that does not keep the method's object, so that a solver goes when nobody has it."""
    kept = WeakMethod(method)

    def call() -> None:
        found = kept()
        if found is not None:
            found()

    return call


def _settle(tree: Tree, type: str) -> None:
    """Put a solver's type into its file's tree, and the seed that the user set unless the file has one.

    Its nets compute layer by layer in float32, whatever else the file asks for, and log what they make by themselves.
    """
    tree.fields = [field for field in tree.fields if field.name not in (*OWN_FIELDS, "debug_info")]
    if type:
        tree.fields = [field for field in tree.fields if field.name not in ("type", "solver_type")]
        assign(tree, "type", f'"{type}"')
    if mode.is_seeded() and not tree.named("random_seed"):
        assign(tree, "random_seed", str(mode.current_seed()))


def _view(net: PlainNet, batches: object) -> Net:
    if not isinstance(batches, Supply):
        raise TypeError(f"a solver of pycaffe has batches of pycaffe, not {type(batches)}")
    return Net.over(_buffered(net), batches)


def _buffered(net: PlainNet) -> BufferedNet:
    if not isinstance(net, BufferedNet):
        raise TypeError(f"a solver of pycaffe has nets of pycaffe, not {type(net)}")
    return net
