// The plots of the harmonisation page. `page` is what muster.harmonisation.page wrote; a plot without data has no place.
const byId = (id) => document.getElementById(id);
const named = (trait) => page.names[trait] ?? trait.replaceAll("_", " ");
const percent = (share) => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);
const centres = [...new Set(Object.values(page.ridges ?? {}).flatMap((trait) => Object.keys(trait.centres)))].sort();
const shade = (hex, alpha) => `rgba(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join()},${alpha})`;
const hue = (centre) => PALETTE[centres.indexOf(centre) % PALETTE.length];

// --- ridges ------------------------------------------------------------------------------------------------------
function density(entry, side) {
  return entry[side].match(/../g).map((level) => (parseInt(level, 16) / 255) * entry[`${side}_peak`]);
}
// The controls of a centre: of one sex, or of all weighted by their number.
function controls(trait, centre, sex) {
  const sexes = Object.entries(page.ridges[trait].centres[centre]).filter(([name]) => sex === "all" || name === sex);
  const count = sexes.reduce((sum, [, entry]) => sum + entry.count, 0);
  const mixed = (side) => sexes.map(([, entry]) => density(entry, side).map((level) => (level * entry.count) / count))
    .reduce((one, other) => one.map((level, bin) => level + other[bin]));
  return count ? { centre, count, before: mixed("before"), after: mixed("after") } : null;
}
function places(low, high, bins, isLog) {
  const middle = (bin) => low + ((bin + 0.5) * (high - low)) / bins;
  return Array.from({ length: bins }, (_, bin) => (isLog ? Math.exp(middle(bin)) : middle(bin)));
}
function middleOf(levels) {
  const total = levels.reduce((sum, level) => sum + level, 0);
  return levels.reduce((sum, level, bin) => sum + level * bin, 0) / (total || 1);
}
function ridgeTraces(rows, side, grid, axis) {
  const tallest = Math.max(...rows.flatMap((row) => row[side]));
  return rows.map((row, base) => ({
    type: "scatter", mode: "lines", xaxis: axis, yaxis: "y", fill: "toself", hoveron: "fills", hoverinfo: "text",
    x: [...grid, ...[...grid].reverse()], showlegend: false, name: row.centre,
    y: [...row[side].map((level) => base + (1.5 * level) / tallest), ...grid.map(() => base)],
    text: `${row.centre}: ${row.count.toLocaleString("en")} controls`,
    line: { color: hue(row.centre), width: 1.4 }, fillcolor: shade(hue(row.centre), 0.4),
  })).reverse();
}
function drawRidges() {
  const trait = byId("trait").value, sex = byId("sex").value, entry = page.ridges[trait];
  const rows = Object.keys(entry.centres).map((centre) => controls(trait, centre, sex)).filter(Boolean);
  rows.sort((one, other) => middleOf(one.before) - middleOf(other.before) || one.centre.localeCompare(other.centre));
  const known = (page.traits ?? []).find((row) => row.trait_id === trait) ?? {};
  const unit = known.canonical_unit ? ` (${known.canonical_unit})` : "";
  byId("ridge-title").textContent = rows.length
    ? `${named(trait)}: the centre explains ${percent(known.centre_share_before ?? null)} of what differs between controls before, ${percent(known.centre_share_after ?? null)} after`
    : `${named(trait)}: no controls of this sex`;
  if (!rows.length) return Plotly.purge("ridges");
  const bins = rows[0].before.length;
  const traces = [
    ...ridgeTraces(rows, "before", places(entry.low, entry.high, bins, entry.is_log), "x"),
    ...ridgeTraces(rows, "after", places(-page.reach, page.reach, bins, false), "x2"),
  ];
  byId("ridges").style.height = `${120 + 40 * rows.length}px`;
  return draw("ridges", traces, {
    margin: { t: 8, r: 12, b: 52, l: 90 },
    xaxis: { domain: [0, 0.485], title: { text: `before: value${unit}` }, type: entry.is_log ? "log" : "linear", zeroline: false },
    xaxis2: { domain: [0.515, 1], title: { text: "after: distance from the own controls (z)" }, range: [-page.reach, page.reach] },
    yaxis: { tickvals: rows.map((_, base) => base), ticktext: rows.map((row) => row.centre), range: [-0.2, rows.length + 0.75], zeroline: false },
  });
}
function chooseTrait(trait) { byId("trait").value = trait; drawRidges(); }
if (page.ridges && byId("ridges")) {
  byId("trait").addEventListener("change", drawRidges);
  byId("sex").addEventListener("change", drawRidges);
  for (const link of document.querySelectorAll("a[data-trait]")) {
    if (page.ridges[link.dataset.trait]) link.addEventListener("click", () => chooseTrait(link.dataset.trait));
    else link.replaceWith(link.textContent);
  }
  drawRidges();
}

// --- one number a trait ------------------------------------------------------------------------------------------
if (byId("dumbbells")) {
  const rows = page.traits.filter((row) => row.centre_share_before !== null && row.centre_share_after !== null)
    .slice(0, page.drawn_traits).reverse();
  const labels = rows.map((row) => named(row.trait_id));
  const dots = (side, colour, name) => ({
    type: "scatter", mode: "markers", name, x: rows.map((row) => 100 * row[`centre_share_${side}`]), y: labels,
    marker: { size: 9, color: colour }, hovertemplate: `%{y}<br>${name}: %{x:.1f} %<extra></extra>`,
  });
  const bars = {
    type: "scatter", mode: "lines", hoverinfo: "skip", showlegend: false, line: { color: colour("bar"), width: 3 },
    x: rows.flatMap((row) => [100 * row.centre_share_before, 100 * row.centre_share_after, null]),
    y: labels.flatMap((label) => [label, label, null]),
  };
  byId("dumbbells").style.height = `${110 + 20 * rows.length}px`;
  draw("dumbbells", [bars, dots("before", "#e8590c", "before"), dots("after", "#1c7ed6", "after")], {
    xaxis: { range: [-2, 102], title: { text: "share of control variance that the centre explains, %" } },
    yaxis: { type: "category", tickfont: { size: 12 }, range: [-0.8, rows.length - 0.2] }, hovermode: "closest",
    margin: { t: 36, r: 16, b: 52, l: 56 }, legend: { orientation: "h", y: 1, yanchor: "bottom" },
  });
}

// --- units -------------------------------------------------------------------------------------------------------
function drawReadings() {
  const found = page.evidence[byId("case").value], entry = page.ridges?.[found.trait_id];
  byId("readings").replaceChildren(...found.readings.map((reading) => {
    const row = document.createElement("tr");
    const marks = [reading.is_label && "label", reading.is_default && "default", reading.is_chosen && "taken"].filter(Boolean).join(", ");
    const away = reading.shift === null ? "–" : `${(10 ** reading.shift).toPrecision(3)} ×`;
    for (const [at, text] of [reading.reading, marks, away, reading.log_likelihood?.toFixed(1) ?? "–",
      reading.probability?.toFixed(3) ?? "–"].entries()) {
      const cell = row.insertCell();
      cell.textContent = text;
      if (at > 1) cell.className = "n";
    }
    return row;
  }));
  const here = entry?.centres[found.centre] && controls(found.trait_id, found.centre, "all");
  byId("evidence").hidden = !here;
  if (!here) return;
  const grid = places(entry.low, entry.high, here.before.length, entry.is_log);
  const taken = found.readings.find((reading) => reading.is_chosen) ?? found.readings[0];
  const others = Object.keys(entry.centres).filter((centre) => centre !== found.centre).map((centre) => controls(found.trait_id, centre, "all"));
  const total = others.reduce((sum, other) => sum + other.count, 0);
  const pooled = grid.map((_, bin) => others.reduce((sum, other) => sum + (other.before[bin] * other.count) / total, 0));
  const isLog = entry.is_log || grid[0] > 0 || found.readings.some((reading) => Math.abs(reading.shift ?? 0) > 0.5);
  const curve = (name, factor, levels, style) => {
    const shown = grid.map((_, bin) => bin).filter((bin) => !isLog || grid[bin] > 0);
    return { type: "scatter", mode: "lines", name, x: shown.map((bin) => grid[bin] * factor), y: shown.map((bin) => levels[bin]),
      hovertemplate: `${name}<extra></extra>`, ...style };
  };
  const traces = found.readings.map((reading, at) => curve(
    `${found.centre} as ${reading.reading}${reading.is_chosen ? " (taken)" : ""}`, reading.factor / taken.factor, here.before,
    { line: { width: reading.is_chosen ? 3 : 2, dash: reading.is_chosen ? "solid" : "dash", color: PALETTE[at] } },
  ));
  if (total) traces.unshift(curve(`${others.length} other centres`, 1, pooled, { fill: "tozeroy", line: { color: "#868e96", width: 1 }, fillcolor: "rgba(134,142,150,.35)" }));
  draw("evidence", traces, {
    xaxis: { type: isLog ? "log" : "linear", title: { text: `${named(found.trait_id)}, in the canonical unit under each reading` } },
    yaxis: { title: { text: "density of controls" }, rangemode: "tozero", showticklabels: false }, legend: { orientation: "h", y: 1.02, yanchor: "bottom" },
  });
}
byId("more")?.addEventListener("click", (event) => {
  for (const line of document.querySelectorAll("li[data-more]")) line.hidden = false;
  event.target.remove();
});
if (byId("case")) {
  byId("case").addEventListener("change", drawReadings);
  drawReadings();
}

// --- coverage ----------------------------------------------------------------------------------------------------
function drawCoverage() {
  const family = byId("family").value, known = Object.fromEntries((page.traits ?? []).map((row) => [row.trait_id, row]));
  const rows = page.coverage.filter((row) => family === "all" || (known[row.trait_id]?.procedure_family ?? "other") === family);
  const weight = (trait) => Math.max(...rows.filter((row) => row.trait_id === trait).map((row) => row.coverage_weight ?? 0));
  const traits = [...new Set(rows.map((row) => row.trait_id))].map((trait) => [trait, weight(trait)])
    .sort((one, other) => one[1] - other[1] || other[0].localeCompare(one[0]));
  const columns = [...new Set(page.coverage.map((row) => row.centre))].sort();
  const cell = Object.fromEntries(rows.map((row) => [`${row.trait_id} ${row.centre}`, row]));
  const grid = (value) => traits.map(([trait]) => columns.map((centre) => value(cell[`${trait} ${centre}`])));
  const told = (row) => (row ? `${row.line_count} lines (${percent(row.tested_share)} of the centre's), ${row.control_count.toLocaleString("en")} controls` : "not submitted");
  byId("coverage").style.height = `${110 + Math.max(15 * traits.length, 120)}px`;
  draw("coverage", [{
    type: "heatmap", x: columns, y: traits.map(([trait, share]) => `${named(trait)}  ${share.toFixed(2)}`), xgap: 2, ygap: 1,
    z: grid((row) => (row ? 100 * (row.tested_share ?? 0) : null)), text: grid(told), zmin: 0, zmax: 100,
    hovertemplate: "%{y}<br>%{x}: %{text}<extra></extra>", hoverongaps: false,
    colorscale: [[0, "#d0ebf0"], [1, "#0b7285"]], colorbar: { title: { text: "% of lines" }, thickness: 12, len: 200, lenmode: "pixels", y: 1, yanchor: "top" },
  }], {
    margin: { t: 90, r: 8, b: 12, l: 60 },
    xaxis: { side: "top", tickangle: -40, showgrid: false }, yaxis: { type: "category", tickfont: { size: 11 }, showgrid: false },
  });
}
if (byId("family")) {
  byId("family").addEventListener("change", drawCoverage);
  drawCoverage();
}

// --- redundancy, drift, heterogeneity ------------------------------------------------------------------------------
if (byId("pairs")) {
  draw("pairs", [{
    type: "scatter", mode: "markers", x: page.pairs.map((row) => row.controls), y: page.pairs.map((row) => row.effects),
    text: page.pairs.map((row) => `${named(row.trait_id_a)}<br>${named(row.trait_id_b)}`), marker: { size: 6, opacity: 0.55, color: "#1c7ed6" },
    hovertemplate: "%{text}<br>controls %{x:.2f}, line effects %{y:.2f}<extra></extra>",
  }], {
    xaxis: { range: [-1.05, 1.05], title: { text: "correlation between control animals" } },
    yaxis: { range: [-1.05, 1.05], title: { text: "correlation between line effects" } }, hovermode: "closest",
  });
}
if (byId("drift")) {
  const periods = [...new Set(page.drift.periods.map((row) => row.period_start))].sort();
  const rows = [...new Set(page.drift.periods.map((row) => row.centre))].sort().reverse();
  const cell = Object.fromEntries(page.drift.periods.map((row) => [`${row.centre} ${row.period_start}`, row]));
  const grid = (value) => rows.map((centre) => periods.map((period) => value(cell[`${centre} ${period}`])));
  byId("drift").style.height = `${120 + 24 * Math.max(rows.length, 4)}px`;
  draw("drift", [{
    type: "heatmap", x: periods, y: rows, z: grid((row) => row?.size ?? null), text: grid((row) => row?.groups ?? 0), zmin: 0, zmax: 1,
    hovertemplate: "%{y}, 28 days from %{x}<br>%{z:.2f} control z in %{text} groups<extra></extra>", hoverongaps: false,
    colorscale: [[0, "#fff4e6"], [0.5, "#ffa94d"], [1, "#d9480f"]], colorbar: { title: { text: "z" }, thickness: 12, len: 0.9 }, xgap: 1, ygap: 2,
  }], { margin: { t: 12, r: 8, b: 50, l: 60 }, xaxis: { showgrid: false }, yaxis: { type: "category", showgrid: false } });
}
if (byId("heterogeneity")) {
  const rows = page.agreement.slice(0, page.drawn_traits).reverse();
  const beyond = (end, sign) => rows.map((row) => 100 * sign * ((row[end] ?? row.heterogeneity) - row.heterogeneity));
  byId("heterogeneity").style.height = `${90 + 19 * rows.length}px`;
  draw("heterogeneity", [{
    type: "bar", orientation: "h", y: rows.map((row) => named(row.trait_id)), x: rows.map((row) => 100 * row.heterogeneity),
    marker: { color: rows.map((row) => (row.heterogeneity > 0.5 ? "#e8590c" : "#1c7ed6")) },
    error_x: { symmetric: false, color: colour("muted"), thickness: 1, width: 3, array: beyond("heterogeneity_high", 1), arrayminus: beyond("heterogeneity_low", -1) },
    text: rows.map((row) => row.reference_line_count), textposition: "none", hovertemplate: "%{y}: %{x:.0f} %, %{text} reference lines<extra></extra>",
  }], { xaxis: { range: [0, 100], title: { text: "I², %" } }, yaxis: { type: "category", tickfont: { size: 12 } }, bargap: 0.35,
    margin: { t: 8, r: 16, b: 52, l: 56 } });
}
