from __future__ import annotations

from netdef.graph.chains import Chain, Role, Rules, chained
from netdef.graph.place import place
from netdef.graph.plan import Compute
from netdef.layers.base import Layer
from tests.graph.texts import IMAGES, graph, layer

ROLES = {"Power": Role.LINEAR, "TanH": Role.AFFINE, "Eltwise": Role.SUM}
A, B, C = layer("Power", "x", "a"), layer("TanH", "a", "b"), layer("Power", "b", "c")


def rules(*, single: bool = False, then: set[Role] | None = None) -> Rules:
    def role(found: Layer) -> Role | None:
        return ROLES.get(found.type)

    return Rules(role, lambda before, behind: behind > before, {Role.LINEAR}, then or set(), single)


def found(by: Rules, *texts: str) -> list[Chain]:
    return [step for step in chained(place(graph(IMAGES, *texts)), by) if isinstance(step, Chain)]


def names(chains: list[Chain]) -> list[list[str]]:
    return [[step.node.name for step in chain.steps] for chain in chains]


def test_chains_begin_at_first_roles_and_grow_as_the_rules_say() -> None:
    assert names(found(rules(), A, B, C)) == [["a", "b"]]
    assert names(found(rules(), A, C.replace('"b"', '"a"'))) == []


def test_what_remains_begins_at_other_roles() -> None:
    both = layer("TanH", "x", "t"), layer("Eltwise", "t,x", "y")
    assert names(found(rules(), *both)) == []
    assert names(found(rules(then={Role.AFFINE}), *both)) == [["t", "y"]]


def test_a_layer_is_a_chain_by_itself_only_if_that_is_wanted() -> None:
    assert names(found(rules(single=True), A, B, C)) == [["a", "b"], ["c"]]


def test_a_chain_stands_in_the_place_of_its_last_step_and_hides_what_lies_between() -> None:
    plan = place(graph(IMAGES, A, layer("TanH", "x", "t"), layer("Eltwise", "t,a", "y"), layer("Power", "x", "z")))
    steps = chained(plan, rules(then={Role.AFFINE}))
    assert [step.node.name if isinstance(step, Compute) else "chain" for step in steps if step.makes] == [
        *("images", "t", "chain", "z")
    ]
    (chain,) = (step for step in steps if isinstance(step, Chain))
    blobs = {
        blob: piece for piece in (*chain.reads, *chain.makes) for blob in plan.graph.values() if piece.content is blob
    }
    assert sorted(blob.name for blob in blobs) == ["t", "x", "y"]
    assert chain.addend is not None
    assert chain.addend[0].piece.content in plan.graph.nodes[2].tops


def test_a_chain_without_a_sum_behind_its_head_adds_nothing() -> None:
    (chain,) = found(rules(), A, B)
    assert chain.addend is None
