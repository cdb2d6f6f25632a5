// The term network: `graph` holds nodes (with x, y) and edges, strongest first.
const field = (id) => document.getElementById(id);
const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const short = (value) => value === 0 ? "< 1e-300" : value >= 0.01 ? String(+value.toFixed(2)) : value.toExponential(0);
let chosen = null;

function shownEdges() {
  const edges = field("across").checked ? graph.edges.filter((edge) => edge.is_across_systems) : graph.edges;
  return edges.slice(0, Number(field("count").value) || 0);
}
function lines(edges, strength) {
  const x = [], y = [];
  for (const edge of edges) {
    const [a, b] = [graph.nodes[edge.a], graph.nodes[edge.b]];
    x.push(a.x, b.x, null);
    y.push(a.y, b.y, null);
  }
  return { type: "scatter", mode: "lines", x, y, hoverinfo: "skip", showlegend: false, line: strength };
}
function groupName(node) { return field("colour").value === "cluster" ? `${node.cluster}: ${graph.hubs[node.cluster]}` : node.top_level; }
function groupColours() {
  const sizes = new Map();
  for (const node of graph.nodes) sizes.set(groupName(node), (sizes.get(groupName(node)) ?? 0) + 1);
  const names = [...sizes.keys()].sort((a, b) => sizes.get(b) - sizes.get(a) || a.localeCompare(b));
  return new Map(names.map((name, at) => [name, PALETTE[at % PALETTE.length]]));
}
function show() {
  const colours = groupColours();
  const edges = shownEdges();
  const touched = graph.edges.filter((edge) => edge.a === chosen || edge.b === chosen);
  const near = new Set(touched.flatMap((edge) => [edge.a, edge.b]));
  const joined = new Set([...edges, ...touched].flatMap((edge) => [edge.a, edge.b]));
  const groups = new Map();
  graph.nodes.forEach((node, index) => {
    if (!joined.has(index) && index !== chosen) return;
    const name = groupName(node);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(index);
  });
  const faint = chosen === null ? 1 : 0.18;
  const traces = [lines(edges, { color: `rgba(128,140,155,${chosen === null ? 0.28 : 0.08})`, width: 1 }),
    lines(touched, { color: colour("accent"), width: 1.8 })];
  for (const [name, tint] of colours) {
    const members = groups.get(name);
    if (!members) continue;
    traces.push({
      type: "scatter", mode: "markers", name, x: members.map((at) => graph.nodes[at].x), y: members.map((at) => graph.nodes[at].y),
      customdata: members, hovertemplate: "%{text}<extra></extra>",
      text: members.map((at) => `<b>${escaped(graph.nodes[at].name)}</b><br>${escaped(graph.nodes[at].top_level)}<br>`
        + `${graph.nodes[at].gene_count} genes, ${graph.nodes[at].degree} partners`),
      marker: {
        color: tint,
        size: members.map((at) => 5 + 1.1 * Math.sqrt(graph.nodes[at].gene_count)).map((size) => Math.min(size, 26)),
        opacity: members.map((at) => chosen === null || near.has(at) || at === chosen ? 0.92 : faint), line: { width: 0.7, color: colour("card") },
      },
    });
  }
  const isWide = innerWidth > 760;
  const bare = { visible: false };
  return draw("network", traces, {
    xaxis: bare, yaxis: bare, hovermode: "closest", dragmode: "pan", margin: { t: 8, r: 8, b: 8, l: 8 },
    showlegend: isWide, legend: { itemsizing: "constant", font: { size: 11 } }, uirevision: "kept",
  });
}
function choose(index) {
  chosen = index;
  const place = field("partners");
  if (index === null) { show(); return; }
  const found = graph.edges.filter((edge) => edge.a === index || edge.b === index);
  const rows = found.slice(0, 25).map((edge) => {
    const other = graph.nodes[edge.a === index ? edge.b : edge.a];
    return `<tr><td>${escaped(other.name)}</td><td>${escaped(other.top_level)}</td><td class="n">${edge.shared}</td>`
      + `<td class="n">${edge.expected.toFixed(1)}</td><td class="n">${edge.odds.toFixed(1)}</td><td class="n">${short(edge.q_value)}</td></tr>`;
  });
  place.innerHTML = `<h3>${escaped(graph.nodes[index].name)}</h3><p class="muted small">${graph.nodes[index].mp_term_id}, `
    + `${graph.nodes[index].gene_count} genes, ${found.length} partners; the strongest first</p><div class="scroll"><table><thead><tr><th>Partner</th>`
    + `<th>Body system</th><th class="n">Shared genes</th><th class="n">Expected</th><th class="n">Odds ratio</th><th class="n">q</th></tr></thead>`
    + `<tbody>${rows.join("")}</tbody></table></div>`;
  show();
}

field("count").value = Math.min(600, graph.edges.length);
field("names").innerHTML = graph.nodes.map((node) => `<option value="${escaped(node.name)}">`).join("");
for (const id of ["colour", "count", "across"]) field(id).addEventListener("change", show);
field("find").addEventListener("input", (event) => {
  const text = event.target.value.trim().toLowerCase();
  const exact = graph.nodes.findIndex((node) => node.name.toLowerCase() === text || node.mp_term_id.toLowerCase() === text);
  if (exact >= 0) choose(exact);
  else if (!text && chosen !== null) choose(null);
});
show().then((plot) => plot.on("plotly_click", (event) => {
  const at = event.points[0].customdata;
  if (at !== undefined) choose(at === chosen ? null : at);
}));
