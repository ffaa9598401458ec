"use strict";
/* The page's own script: draws what the data block says, finds, filters. Every word goes in as text, never as markup. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const MANY = data.nodes.length > 120; // then a node is one line
  const WIDTH = 186, HEIGHT = MANY ? 22 : 36, GAP = MANY ? 6 : 10, BETWEEN = MANY ? 64 : 84;
  const CHANNEL = MANY ? 22 : 28; // between two columns of one rank, where arrows turn into the lane between two rows
  const SIGNS = { deleted: "✓", absent: "–", failed: "✕", blocked: "!", kept: "=", planned: "…", unverified: "?",
    holder: "◆", state: "", configured: "" };
  const STAYS = new Set(["failed", "blocked", "kept", "unverified", "holder"]);
  const nodes = new Map(data.nodes.map((node) => [node.key, { ...node, words: wordsOf(node) }]));
  const arrows = data.arrows.map(([from, to, source]) => ({ from, to, source, blocks: blocks(from, to, source) }));
  const $ = (id) => document.getElementById(id);
  const svg = d3.select("#picture");
  const all = svg.append("g").attr("class", "all");
  let chosen = null, shown = [], bounds = { x: 0, y: 0, width: 1, height: 1 };

  function wordsOf(node) {
    const fields = [node.kind, node.name, node.id, node.address, node.outcome, node.why, node.scope, ...node.holders];
    return fields.join("\n").toLowerCase();
  }

  function blocks(from, to, source) {
    const held = nodes.get(to).outcome;
    return source === "observed" && held === "blocked" && STAYS.has(nodes.get(from).outcome);
  }

  /* Where everything stands: dagre finds ranks and their order. A long rank is wrapped into columns, kind by kind, so
     that the drawing is as wide as the page and as high as it must be: words stay large enough to be read.
     `route` says by which points an arrow gets past what is none of its ends: a line behind a box looks like two. */
  function layout(drawn, width, aspect) {
    const graph = new dagre.graphlib.Graph();
    graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: BETWEEN, ranker: "tight-tree" });
    graph.setDefaultEdgeLabel(() => ({}));
    const joined = new Set(drawn.flatMap((arrow) => [arrow.from, arrow.to]));
    for (const key of nodes.keys()) if (joined.has(key)) graph.setNode(key, { width: WIDTH, height: HEIGHT });
    for (const arrow of drawn) graph.setEdge(arrow.from, arrow.to);
    if (joined.size) dagre.layout(graph);
    const { places, route } = joined.size ? placed(graph, width, aspect) : { places: new Map() };
    const alone = [...nodes.keys()].filter((key) => !joined.has(key));
    const right = d3.max(places.values(), (place) => place.x + WIDTH) ?? width;
    const top = (d3.max(places.values(), (place) => place.y + HEIGHT) ?? -32) + 56;
    const columns = Math.max(1, Math.floor((right + GAP) / (WIDTH + GAP)));
    alone.forEach((key, i) => places.set(key, { x: (i % columns) * (WIDTH + GAP),
      y: top + Math.floor(i / columns) * (HEIGHT + GAP) }));
    return { places, route, apart: alone.length ? top - 12 : null };
  }

  function placed(graph, width, aspect) {
    const byX = d3.group(graph.nodes(), (key) => Math.round(graph.node(key).x));
    const ranks = [...byX.entries()].sort((a, b) => a[0] - b[0]).map(([, keys]) => keys);
    const longest = d3.max(ranks, (rank) => rank.length), label = graph.graph();
    const span = (rows) => d3.sum(ranks, (rank) => Math.ceil(rank.length / rows) * (WIDTH + CHANNEL) - CHANNEL + BETWEEN) - BETWEEN;
    if (!aspect && label.width <= 1.3 * width && label.height <= 640) {
      const places = new Map(graph.nodes().map((key) => {
        const { x, y } = graph.node(key);
        return [key, { x: x - WIDTH / 2, y: y - HEIGHT / 2 }];
      }));
      // of dagre's points every second one is where it kept a place free in a rank on the way
      const kept = (arrow) => graph.edge(arrow.from, arrow.to).points.slice(1, -1).filter((_, i) => i % 2);
      return { places, route: (arrow) => kept(arrow).flatMap(({ x, y }) => [[x - WIDTH / 2, y], [x + WIDTH / 2, y]]) };
    }
    const rows = aspect
      ? d3.least(d3.range(1, longest + 1), (number) => Math.max(span(number) / aspect, number * (HEIGHT + GAP)))
      : d3.range(Math.min(8, longest), longest).find((number) => span(number) <= width) ?? longest;
    const out = d3.rollup(shown, (found) => found.length, (arrow) => arrow.from);
    const places = new Map(), high = rows * (HEIGHT + GAP), bands = [];
    let x = 0;
    for (const rank of ranks) {
      const leaving = d3.rollup(rank, (keys) => d3.mean(keys, (key) => out.get(key) ?? 0), (key) => nodes.get(key).kind);
      const kind = (key) => nodes.get(key).kind;
      rank.sort((a, b) => leaving.get(kind(a)) - leaving.get(kind(b)) || d3.ascending(kind(a), kind(b))
        || graph.node(a).y - graph.node(b).y);
      const columns = Math.ceil(rank.length / rows), each = Math.ceil(rank.length / columns);
      const top = (high - each * (HEIGHT + GAP)) / 2;
      rank.forEach((key, i) => places.set(key, { x: x + Math.floor(i / each) * (WIDTH + CHANNEL),
        y: top + (i % each) * (HEIGHT + GAP) }));
      bands.push({ left: x, right: x + columns * (WIDTH + CHANNEL) - CHANNEL, top: top - GAP / 2, rows: each });
      x += columns * (WIDTH + CHANNEL) - CHANNEL + BETWEEN;
    }
    return { places, route: (arrow) => between(bands, places.get(arrow.from), places.get(arrow.to)) };
  }

  /* Through each rank on the way an arrow keeps to the lane between two rows that is the nearest to its straight line. */
  function between(bands, a, b) {
    const start = a.x + WIDTH, middle = HEIGHT / 2;
    return bands.flatMap(({ left, right, top, rows }) => {
      const from = left <= a.x ? start + CHANNEL : left, to = right >= b.x ? b.x - CHANNEL : right;
      if (right <= start || left >= b.x || from >= to) return [];
      const along = ((from + to) / 2 - start) / (b.x - start);
      const own = left <= a.x ? 0.01 : right >= b.x ? 0.99 : along; // beside its end, on the side of the other
      const lane = Math.round((a.y + middle + own * (b.y - a.y) - top) / (HEIGHT + GAP));
      const y = top + Math.max(0, Math.min(rows, lane)) * (HEIGHT + GAP);
      return [[from, y], [to, y]];
    });
  }

  /* Level at each point, and so at both ends: an arrow leaves to the right, and comes from the left. */
  function curve(points) {
    return points.slice(1).reduce(([path, last], to) => {
      const bend = to[1] === last[1] ? 0 : Math.max(points.length > 2 ? 0 : 36, Math.abs(to[0] - last[0]) / 2);
      return [`${path}C${last[0] + bend},${last[1]} ${to[0] - bend},${to[1]} ${to}`, to];
    }, [`M${points[0]}`, points[0]])[0];
  }

  function short(text, most) {
    return text.length > most ? text.slice(0, most - 1) + "…" : text;
  }

  /* `aspect`: for a sheet of paper, which has a height, too. */
  function draw({ aspect } = {}) {
    const sources = new Set([...document.querySelectorAll("#sources input:checked")].map((box) => box.value));
    shown = arrows.filter((arrow) => sources.has(arrow.source));
    const page = svg.node().getBoundingClientRect().width || 1400;
    const { places, route, apart } = layout(shown, page / 0.82, aspect);
    const x = d3.extent(places.values(), (place) => place.x), y = d3.extent(places.values(), (place) => place.y);
    bounds = places.size ? { x: x[0] - 24, y: Math.min(y[0], apart ?? y[0]) - 24, width: x[1] - x[0] + WIDTH + 48,
      height: y[1] - Math.min(y[0], apart ?? y[0]) + HEIGHT + 48 } : bounds;
    svg.attr("viewBox", [bounds.x, bounds.y, bounds.width, bounds.height].join(" "))
      .style("height", `${Math.max(260, Math.round((bounds.height * Math.min(page, 1.15 * bounds.width)) / bounds.width))}px`);
    all.selectAll("*").remove();
    const path = (arrow) => {
      const a = places.get(arrow.from), b = places.get(arrow.to);
      return curve([[a.x + WIDTH, a.y + HEIGHT / 2], ...route(arrow), [b.x - 7, b.y + HEIGHT / 2]]);
    };
    all.append("g").selectAll("path").data(shown).join("path")
      .attr("class", (arrow) => `arrow is-${arrow.source}${arrow.blocks ? " is-blocking" : ""}`)
      .attr("marker-end", (arrow) => `url(#${arrow.blocks ? "tip-blocking" : "tip"})`)
      .attr("d", path);
    if (apart !== null) {
      all.append("text").attr("class", "apart").attr("x", 0).attr("y", apart).text("Not joined to anything:");
    }
    const each = all.append("g").selectAll("g").data([...nodes.values()]).join("g")
      .attr("class", (node) => `node is-${node.outcome}`).attr("data-key", (node) => node.key)
      .attr("tabindex", 0).attr("role", "button")
      .attr("aria-label", (node) => `${node.kind} ${node.title}, ${node.outcome}`)
      .attr("transform", (node) => `translate(${places.get(node.key).x},${places.get(node.key).y})`)
      .on("click", (event, node) => choose(node.key))
      .on("keydown", (event, node) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(node.key); } });
    each.append("title").text((node) => [node.kind, node.title, node.id, node.outcome, node.why].filter(Boolean).join("\n"));
    each.append("rect").attr("class", "box").attr("width", WIDTH).attr("height", HEIGHT).attr("rx", 6);
    each.append("rect").attr("class", "edge").attr("width", 5).attr("height", HEIGHT).attr("rx", 2.5);
    const kind = (node) => node.kind.replaceAll("_", " ");
    if (MANY) {
      const left = (node) => Math.floor((WIDTH - 42 - 7 * Math.min(16, node.title.length)) / 5.6);
      const right = (node) => (left(node) < 4 ? "" : short(kind(node), left(node)));
      const room = (node) => Math.floor((WIDTH - 34 - 5.6 * right(node).length) / 7);
      each.append("text").attr("x", 12).attr("y", 15).text((node) => short(node.title, room(node)));
      each.append("text").attr("class", "what is-right").attr("x", WIDTH - 20).attr("y", 14.5).text(right);
    } else {
      each.append("text").attr("class", "what").attr("x", 13).attr("y", 14).text((node) => short(kind(node), 30));
      each.append("text").attr("x", 13).attr("y", 28).text((node) => short(node.title, 23));
    }
    each.append("text").attr("class", "sign").attr("x", WIDTH - 7).attr("y", 15).text((node) => SIGNS[node.outcome] ?? "");
    mark();
  }

  /* Moving about. The wheel alone scrolls the page, as a reader expects of a page. */
  const zoom = d3.zoom().scaleExtent([0.5, 12]).on("zoom", ({ transform }) => all.attr("transform", transform))
    .filter((event) => (event.type === "wheel" ? event.ctrlKey || event.metaKey : !event.button));

  /* What is chosen, what is found: marks on the drawing, the bars and the table. */
  function isFound(node) {
    const text = $("search").value.trim().toLowerCase(), kind = $("kind").value;
    const off = new Set([...document.querySelectorAll('#outcomes [aria-pressed="false"]')].map((chip) => chip.dataset.outcome));
    return !off.has(node.outcome) && (!kind || node.kind === kind) && text.split(/\s+/).every((word) => node.words.includes(word));
  }

  function mark() {
    const found = new Set([...nodes.values()].filter(isFound).map((node) => node.key));
    const near = new Set(chosen ? [chosen] : []);
    for (const arrow of shown) if (arrow.from === chosen || arrow.to === chosen) near.add(arrow.from).add(arrow.to);
    const dim = (key) => !found.has(key) || (chosen !== null && !near.has(key));
    svg.selectAll(".node").classed("is-dim", (node) => dim(node.key)).classed("is-chosen", (node) => node.key === chosen);
    svg.selectAll(".arrow")
      .classed("is-near", (arrow) => chosen !== null && (arrow.from === chosen || arrow.to === chosen))
      .classed("is-dim", (arrow) => (chosen !== null ? arrow.from !== chosen && arrow.to !== chosen : dim(arrow.from) || dim(arrow.to)));
    d3.selectAll(".span").classed("is-dim", (span) => span.key !== null && !found.has(span.key));
    let rows = 0;
    for (const row of document.querySelectorAll("#objects tbody tr")) {
      row.hidden = !found.has(row.dataset.key);
      row.classList.toggle("is-chosen", row.dataset.key === chosen);
      rows += !row.hidden;
    }
    $("nothing").hidden = rows > 0;
    $("found").textContent = found.size === nodes.size ? `${nodes.size} objects` : `${found.size} of ${nodes.size} objects`;
    return [...found];
  }

  function choose(key, { go = false } = {}) {
    chosen = key === chosen && !go ? null : key;
    mark();
    tell();
    if (!go) return;
    svg.call(zoom.transform, d3.zoomIdentity); // at its own size every word can be read
    svg.select(`[data-key="${chosen}"]`).node().scrollIntoView({ block: "center" });
  }

  function put(parent, tag, text, className) {
    const made = parent.appendChild(document.createElement(tag));
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function link(parent, node, note) {
    const item = put(parent, "li");
    const button = put(item, "button", `${node.kind.replaceAll("_", " ")} ${node.title}`, "object");
    button.type = "button";
    button.addEventListener("click", () => choose(node.key, { go: true }));
    put(item, "span", ` ${note}`);
  }

  function tell() {
    const panel = $("details");
    panel.hidden = chosen === null;
    panel.replaceChildren();
    if (chosen === null) return;
    const node = nodes.get(chosen);
    const at = svg.select(`[data-key="${chosen}"]`).node().getBoundingClientRect();
    panel.className = `is-${node.outcome}${at.right > innerWidth - 400 ? " is-aside" : ""}`; // it must not cover its own node
    const close = put(panel, "button", "×", "close");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => choose(chosen));
    put(panel, "p", `${node.kind.replaceAll("_", " ")} · ${node.outcome}`, "outcome");
    put(panel, "p", node.title, "title");
    for (const [heading, text] of [["Id", node.id], ["Address", node.address], ["Where", node.scope], ["Why", node.why],
      ["Ours by", node.evidence], ["Held by", node.holders.join("\n")], ["Next", node.next], ["Took", node.took]]) {
      if (text) { put(panel, "h3", heading); put(panel, "p", text); }
    }
    for (const [heading, mine, other] of [["Goes after", "to", "from"], ["Holds", "from", "to"]]) {
      const found = arrows.filter((arrow) => arrow[mine] === chosen);
      if (!found.length) continue;
      put(panel, "h3", `${heading} (${found.length})`);
      const list = put(panel, "ul");
      for (const arrow of found) link(list, nodes.get(arrow[other]), arrow.source);
    }
  }

  /* When each object was asked to go, and when it was gone: side by side where they ran side by side. */
  function timeline() {
    const bars = d3.select("#bars");
    if (bars.empty()) return;
    const width = Math.max(640, bars.node().getBoundingClientRect().width || 1200), side = 16;
    const spans = data.nodes.filter((node) => node.seconds > 0 || node.started > 0)
      .map((node) => ({ key: node.key, from: node.started, to: node.started + node.seconds, label: node.title,
        kind: node.kind.replaceAll("_", " "), tone: node.outcome, took: node.took }))
      .sort((a, b) => a.from - b.from || b.to - a.to);
    if (data.terraform) spans.unshift({ key: null, from: data.terraform.started, to: data.terraform.started + data.terraform.seconds,
      label: "terraform destroy", kind: "all of", tone: "terraform", took: data.terraform.took });
    const last = d3.max(spans, (span) => span.to) ?? 0; // after the end, where the clock was set back meanwhile
    const x = d3.scaleLinear([0, Math.max(data.seconds, last, 0.1)], [side, width - side]);
    const ends = [];
    for (const span of spans) {
      span.lane = ends.findIndex((end) => end <= span.from);
      if (span.lane < 0) span.lane = ends.length;
      ends[span.lane] = Math.max(span.to, span.from + (x.invert(side + 3) - x.invert(side)));
    }
    const tall = ends.length > 36 ? Math.max(4, 720 / ends.length) : 20, height = ends.length * tall + 44;
    bars.selectAll("*").remove();
    bars.attr("viewBox", `0 0 ${width} ${height}`).attr("height", height);
    const each = bars.selectAll("g").data(spans).join("g").attr("class", (span) => `span is-${span.tone}`)
      .attr("transform", (span) => `translate(${x(span.from)},${10 + span.lane * tall})`)
      .on("click", (event, span) => { if (span.key) choose(span.key, { go: true }); });
    each.append("title").text((span) => `${span.kind} ${span.label}\n${span.took}`);
    each.append("rect").attr("height", Math.max(3, tall - 3)).attr("rx", Math.min(4, tall / 4))
      .attr("width", (span) => Math.max(3, x(span.to) - x(span.from)));
    if (tall >= 16) {
      each.append("text").attr("x", 6).attr("y", tall / 2 + 3)
        .text((span) => { const most = Math.floor((x(span.to) - x(span.from) - 10) / 6.2); return most > 5 ? short(span.label, most) : ""; });
    }
    bars.append("g").attr("class", "axis").attr("transform", `translate(0,${height - 28})`)
      .call(d3.axisBottom(x).ticks(Math.min(12, width / 90)).tickFormat((seconds) => `${seconds} s`));
  }

  const defs = svg.append("defs");
  for (const name of ["tip", "tip-blocking"]) {
    defs.append("marker").attr("id", name).attr("viewBox", "0 0 8 8").attr("refX", 1).attr("refY", 4).attr("orient", "auto")
      .attr("markerWidth", 8).attr("markerHeight", 8).attr("markerUnits", "userSpaceOnUse")
      .append("path").attr("class", name === "tip" ? "tip" : "tip is-blocking").attr("d", "M0,0L8,4L0,8z");
  }
  svg.call(zoom).on("dblclick.zoom", null);
  draw();
  timeline();
  $("search").addEventListener("input", mark);
  $("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const found = mark();
    if (found.length) choose(found[(found.indexOf(chosen) + 1) % found.length], { go: true });
  });
  $("kind").addEventListener("change", mark);
  for (const chip of document.querySelectorAll("#outcomes button")) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      mark();
    });
  }
  for (const box of document.querySelectorAll("#sources input")) box.addEventListener("change", () => draw());
  for (const button of document.querySelectorAll("#attention .object")) {
    button.addEventListener("click", () => choose(button.dataset.key, { go: true }));
  }
  for (const row of document.querySelectorAll("#objects tbody tr")) {
    row.addEventListener("click", () => { if (!String(getSelection())) choose(row.dataset.key); });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen !== null) choose(chosen); });
  $("closer").addEventListener("click", () => svg.call(zoom.scaleBy, 1.4));
  $("wider").addEventListener("click", () => svg.call(zoom.scaleBy, 1 / 1.4));
  $("fit").addEventListener("click", () => svg.call(zoom.transform, d3.zoomIdentity));
  addEventListener("resize", timeline);
  addEventListener("beforeprint", () => draw({ aspect: 1.7 }));
  addEventListener("afterprint", () => draw());
})();
