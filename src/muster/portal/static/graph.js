// The plots of the page of the knowledge graph. `page` is what muster.graph.page wrote.
function drawDegrees() {
  const traces = page.degrees.map((row) => ({
    type: "scatter", mode: "lines+markers", name: row.name, marker: { size: 4 }, line: { width: 1.6 },
    x: row.degree, y: row.share, hovertemplate: `${row.name}: %{y:.2%} of genes have %{x} or more<extra></extra>`,
  }));
  return draw("degrees", traces, {
    xaxis: { type: "log", title: { text: "partners" } }, legend: { orientation: "h", y: 1.14 },
    yaxis: { type: "log", title: { text: "share of genes with as many or more" }, tickformat: ".2~%" },
  });
}
function drawLevels() {
  const rows = page.levels.filter((row) => row.genes);
  const side = (name) => rows.map((row) => row.degree[name]);
  return draw("levels", [{
    type: "box", x: rows.map((row) => row.level), q1: side("quarter"), median: side("median"), q3: side("three_quarters"),
    lowerfence: side("tenth"), upperfence: side("nine_tenths"), name: "partners", marker: { color: colour("accent") },
  }], { yaxis: { title: { text: "partners" } }, showlegend: false });
}
function drawCoverage() {
  const groups = ["tested", "untested", "Tdark", "Tbio", "Tchem", "Tclin", "no level"];
  return draw("coverage", [{
    type: "heatmap", x: groups, y: page.coverage.map((row) => row.kind), zmin: 0, zmax: 1, colorscale: "Blues", reversescale: true,
    z: page.coverage.map((row) => groups.map((group) => row[group])), xgap: 2, ygap: 2, colorbar: { tickformat: ".0%" },
    hovertemplate: "%{y}: %{z:.0%} of %{x} genes<extra></extra>",
  }], { margin: { t: 16, r: 16, b: 44, l: 80 }, yaxis: { autorange: "reversed" } });
}
drawDegrees();
drawLevels();
drawCoverage();
