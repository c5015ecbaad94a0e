"""Where the numbers lie on which recorded kernels work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, groupby
from typing import NamedTuple

import torch

from netdef.graph.plan import Piece
from netdef.kernels.replay import ARENA, COMMON, FIRST_FREE, NOWHERE, Address, CallList, Noted, ranges_of
from netdef.module.arrangement import Span, arranged
from netdef.module.fused_chain import FusedChain
from netdef.module.parts import Part, parts_of
from netdef.module.programs import Program
from netdef.module.recorded import Recorded, Stretch, View
from netdef.module.tape import Buffer, Called, Given, Laid, Place
from netdef.module.unchanged import Unchanged

FLOAT = 4  # bytes


class Recording(NamedTuple):
    """A step of which kernels do all, and where it leaves what it makes."""

    calls: Sequence[Called]
    makes: Mapping[Piece, tuple[Place, Laid]]


class CallLayout:
    """Gives all that is worked on a place behind a base: what only kernels read lies in a block of the list's own."""

    def __init__(self, program: Program, recordings: Mapping[int, Recording]) -> None:
        self._program, self._recordings = program, recordings
        numbers = range(len(program.steps))
        self._groups = [(own, list(group)) for own, group in groupby(numbers, recordings.__contains__)]
        stretches = (indices for own, indices in self._groups if own)
        self._parts = {indices[0]: parts_of(self._calls_of(indices)) for indices in stretches}
        by_others = (step for index, step in enumerate(program.steps) if index not in recordings)
        self._read = {*(program.seen or ()), *(piece for step in by_others for piece in step.reads)}
        self._bases = dict(zip(self._lasting(), count(FIRST_FREE), strict=False))
        self._blank: set[int] = {base for source, base in self._bases.items() if isinstance(source, Buffer)}
        users = self._users()
        self._common, self._common_size = _arranged({own: parts for own, parts in users.items() if len(parts) > 1})
        self._starts, self._arena = _arranged({own: parts for own, parts in users.items() if len(parts) == 1})

    def recorded(self) -> Recorded:
        """Return steps behind one another as stretches, the others as they are."""
        items = list(self._items())
        stretches = [item for item, _ in items if isinstance(item, Stretch)]
        used = {given.blob for stretch in stretches for given in stretch.given.values()}
        by_others = (step for index, step in enumerate(self._program.steps) if index not in self._recordings)
        there = {
            *chain.from_iterable(each.shown for each in stretches),
            *(piece for step in by_others for piece in step.makes),
        }
        forgotten = there - used
        chains = (self._program.chains.get(index) for index in self._recordings)
        return Recorded(
            [(item, [piece for piece in dead if piece in forgotten]) for item, dead in items],
            self._arena * max((part.threads for part in self._all_parts()), default=1) // FLOAT,
            self._common_size // FLOAT,
            len(self._bases),
            Unchanged(module for chain in chains if isinstance(chain, FusedChain) for module in chain.weighted),
            self._calls_of(self._recordings),
        )

    def _all_parts(self) -> Iterable[Part]:
        return chain.from_iterable(self._parts.values())

    def _calls_of(self, indices: Iterable[int]) -> list[Called]:
        return [call for index in indices for call in self._recordings[index].calls]

    def _shown(self, indices: Iterable[int]) -> dict[Piece, tuple[Place, Laid]]:
        """Return what steps make and others read."""
        makes = chain.from_iterable(self._recordings[index].makes.items() for index in indices)
        return {piece: made for piece, made in makes if piece in self._read}

    def _lasting(self) -> Iterable[Buffer | Given]:
        """Return, each once, the buffers that others read, and the blobs that others make."""
        seen = (place.source for place, _ in self._shown(self._recordings).values())
        given = (each for call in self._calls_of(self._recordings) for each in call.sources if isinstance(each, Given))
        return dict.fromkeys(source for source in (*seen, *given) if isinstance(source, Buffer | Given))

    def _users(self) -> dict[Buffer, list[Part]]:
        """Return the parts that work on each buffer that only kernels read."""
        users: dict[Buffer, list[Part]] = {}
        for part in self._all_parts():
            for source in dict.fromkeys(chain.from_iterable(call.sources for call in part.calls)):
                if isinstance(source, Buffer) and source not in self._bases:
                    users.setdefault(source, []).append(part)
        return users

    def _items(self) -> Iterator[tuple[Stretch | int, Sequence[Piece]]]:
        dead_after = self._program.dead_after
        for own, indices in self._groups:
            if own:
                yield self._stretch(indices), [piece for index in indices for piece in dead_after[index]]
            else:
                yield from ((index, dead_after[index]) for index in indices)

    def _stretch(self, indices: Sequence[int]) -> Stretch:
        shown = self._shown(indices)
        read = (each for call in self._calls_of(indices) for each in call.sources)
        used = {*read, *(place.source for place, _ in shown.values())}
        lasting = {base: source for source, base in self._bases.items() if source in used}
        made = {base: source.size // FLOAT for base, source in lasting.items() if isinstance(source, Buffer)}
        blank = {base: numbers for base, numbers in made.items() if base in self._blank}
        self._blank -= blank.keys()
        return Stretch(
            [*map(self._list, self._parts[indices[0]])],
            {base: source for base, source in lasting.items() if isinstance(source, Given)},
            blank,
            {piece: self._view(place, laid) for piece, (place, laid) in shown.items()},
        )

    def _list(self, part: Part) -> CallList:
        noted = [
            Noted(call.name, call.options, ranges_of(call.options, call.images), [*map(self._address, call.places)])
            for call in part.calls
        ]
        return CallList(
            noted,
            part.images,
            part.at_once,
            threads=part.threads,
            arena=self._arena,
            team=torch.get_num_threads(),
        )

    def _view(self, place: Place, laid: Laid) -> View:
        base, offset, _ = self._address(place)
        return View(base, offset // FLOAT, laid)

    def _address(self, place: Place | None) -> Address:
        if place is None:
            return Address(NOWHERE, 0)
        source = place.source
        if not isinstance(source, Buffer | Given):
            return Address(NOWHERE, source.data_ptr() + place.offset)
        if source in self._bases:
            return Address(self._bases[source], place.offset, place.image)
        assert isinstance(source, Buffer)
        if source in self._common:
            return Address(COMMON, self._common[source] + place.offset, place.image)
        return Address(ARENA, self._starts[source] + place.offset)


def _arranged(users: Mapping[Buffer, Sequence[Part]]) -> tuple[dict[Buffer, int], int]:
    """Return where buffers lie in a block, and how many bytes it has."""
    starts, size = arranged([_span(buffer, parts) for buffer, parts in users.items()])
    return dict(zip(users, starts, strict=True)), size


def _span(buffer: Buffer, users: Sequence[Part]) -> Span:
    """Return how much room a buffer needs, and when: one that crosses parts is there as long as these are repeated."""
    if len(users) == 1:
        return Span(buffer.size * users[0].at_once // users[0].images, buffer.first or 0, buffer.last)
    return Span(buffer.size, users[0].first, users[-1].last)
