"""A diagram as a page that stands alone: zoom, drag, search, and what a layer has to say."""

from __future__ import annotations

import html
import re
from string import Template

from netdef.draw.words import printable

PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
  html, body { margin: 0; height: 100%; overflow: hidden; font: 13px Helvetica, Arial, sans-serif; color: #1a1a1a; }
  #stage { position: absolute; inset: 0; cursor: grab; touch-action: none; user-select: none; }
  #stage.moving { cursor: grabbing; }
  #stage svg { transform-origin: 0 0; position: absolute; overflow: visible; }
  #bar { position: absolute; top: 12px; right: 12px; display: flex; gap: 6px; }
  #bar input, #bar button, #told { font: inherit; background: white; border: 1px solid #bbb; border-radius: 6px; }
  #bar input, #bar button { padding: 5px 9px; }
  #told { position: absolute; right: 12px; bottom: 12px; max-width: 40ch; margin: 0; padding: 10px 12px;
          white-space: pre-wrap; box-shadow: 0 2px 8px #0002; }
  #told:empty { display: none; }
  .faded { opacity: 0.15; }
  .near path { stroke: #cc3311; stroke-width: 2; }
  .near polygon { stroke: #cc3311; fill: #cc3311; }
</style>
</head>
<body>
<div id="stage">$svg</div>
<div id="bar"><input id="sought" type="search" placeholder="find a layer"><button id="fit">fit</button></div>
<pre id="told"></pre>
<script>
  const [stage, told, field, button] = ["stage", "told", "sought", "fit"].map(id => document.getElementById(id));
  const svg = stage.querySelector("svg");
  const nodes = [...svg.querySelectorAll("g.node")], edges = [...svg.querySelectorAll("g.edge")];
  const title = element => element.querySelector("title").textContent;
  const ends = edge => title(edge).split("->").map(end => end.split(":")[0]);
  const facts = new Map(nodes.map(node => [node, node.querySelector("a")?.getAttribute("xlink:title") ?? ""]));
  svg.querySelectorAll("a").forEach(link => link.removeAttribute("xlink:title"));
  let view = { x: 0, y: 0, scale: 1 }, start = null;

  function show() { svg.style.transform = `translate($${view.x}px, $${view.y}px) scale($${view.scale})`; }
  function fit() {
    const wide = svg.width.baseVal.value, scale = Math.min(1, stage.clientWidth / wide);
    view = { scale, x: (stage.clientWidth - wide * scale) / 2, y: 0 };
    show();
  }
  stage.addEventListener("wheel", event => {
    event.preventDefault();
    const factor = Math.exp(-event.deltaY / 400);
    view = { scale: view.scale * factor, x: event.clientX - (event.clientX - view.x) * factor,
             y: event.clientY - (event.clientY - view.y) * factor };
    show();
  }, { passive: false });
  stage.addEventListener("pointerdown", event => {
    start = { x: event.clientX - view.x, y: event.clientY - view.y };
    stage.classList.add("moving");
  });
  window.addEventListener("pointermove", event => {
    if (!start) return;
    view = { ...view, x: event.clientX - start.x, y: event.clientY - start.y };
    show();
  });
  window.addEventListener("pointerup", () => { start = null; stage.classList.remove("moving"); });
  for (const node of nodes) {
    const touching = edges.filter(edge => ends(edge).includes(title(node)));
    node.addEventListener("pointerenter", () => {
      told.textContent = facts.get(node);
      touching.forEach(edge => edge.classList.add("near"));
    });
    node.addEventListener("pointerleave", () => {
      told.textContent = "";
      touching.forEach(edge => edge.classList.remove("near"));
    });
  }
  svg.querySelectorAll("title").forEach(each => each.remove());
  field.addEventListener("input", () => {
    const sought = field.value.toLowerCase();
    nodes.forEach(node => node.classList.toggle("faded", !facts.get(node).toLowerCase().includes(sought)));
  });
  button.addEventListener("click", fit);
  window.addEventListener("resize", fit);
  fit();
</script>
</body>
</html>
""")


def page(svg: bytes, name: str) -> str:
    """Return a page that shows an SVG picture of the net ``name`` and loads nothing from elsewhere."""
    drawing = re.sub(r"\A.*?(?=<svg)", "", svg.decode(), flags=re.DOTALL)
    return PAGE.substitute(title=html.escape(printable(name)) or "net", svg=drawing)
