"""Random texts of the format, with comments and blank lines in every gap."""

from hypothesis import strategies as st

NAMES = st.sampled_from(["layer", "name", "type", "x", "pad", "convolution_param"])
SCALARS = st.sampled_from(
    ["1", "-2.5e3", "MAX", "true", '"a"', "'b c'", '"two" "parts"', '"over"\n"lines"', '"#no comment"']
)


def gap(optional: bool = False) -> st.SearchStrategy[str]:
    """Return what may stand between two words."""
    return st.sampled_from([" ", "  ", "\n", "\n\n\n", " # note\n", "\n\n# one\n\n\n# two\n"] + [""] * optional)


@st.composite
def values(draw: st.DrawFn, depth: int) -> str:
    """Draw what stands behind a field's name."""
    kind = draw(st.sampled_from(["scalar", "scalar", "list", "block", "block"] if depth else ["scalar"]))
    if kind == "scalar":
        return f"{draw(gap(True))}:{draw(gap(True))}{draw(SCALARS)}"
    if kind == "list":
        elements = draw(st.lists(SCALARS | blocks(depth - 1), max_size=3))
        return f":{draw(gap(True))}[{draw(gap(True))}{(',' + draw(gap(True))).join(elements)}{draw(gap(True))}]"
    return draw(gap(True)) + draw(blocks(depth - 1))


@st.composite
def blocks(draw: st.DrawFn, depth: int) -> str:
    """Draw a block in braces, on one line or many."""
    opening, closing = draw(st.sampled_from([("{", "}"), ("<", ">")]))
    return f"{opening}{draw(gap())}{draw(texts(depth))}{draw(gap())}{closing}"


@st.composite
def texts(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw a text of a few fields."""
    fields = draw(st.lists(st.tuples(NAMES, values(depth), st.sampled_from(["", ",", ";"]), gap()), max_size=4))
    return "".join(name + value + separator + between for name, value, separator, between in fields)
