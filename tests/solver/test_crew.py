from __future__ import annotations

from netdef.loading import open_feed
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver.crew import Crew
from netdef.solver.replica import Replica
from netdef.solver.workers import ALONE
from tests.graph.texts import graph
from tests.solver.runs import LINEAR


def test_who_says_nothing_trains_in_one_process_with_nets_and_feeds_as_they_are() -> None:
    crew = Crew()
    assert crew.workers is ALONE
    assert crew.make_net is Net
    assert crew.open_batches is crew.open_tests is open_feed
    net = Net(graph(*LINEAR))
    replica = crew.make_replica(net, schema.SolverParameter())
    assert (type(replica), replica.net) == (Replica, net)
