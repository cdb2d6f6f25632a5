// Draws Plotly figures in the page's own colours, again when the reader switches between light and dark.
const charts = [];
function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim(); }
const PALETTE = ["#1c7ed6", "#e8590c", "#2f9e44", "#ae3ec9", "#f08c00", "#0c8599", "#e03131", "#6741d9", "#66a80f", "#c2255c",
  "#495057", "#15aabf", "#fab005", "#862e9c", "#5c940d", "#a61e4d", "#364fc7", "#d9480f", "#087f5b", "#868e96"];
function themed(layout) {
  const axis = { gridcolor: colour("line"), zerolinecolor: colour("line"), linecolor: colour("line"), automargin: true };
  const merged = Object.assign({
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { t: 16, r: 16, b: 44, l: 56 }, colorway: PALETTE,
    font: { color: colour("text"), family: getComputedStyle(document.body).fontFamily, size: 13 },
    hoverlabel: { align: "left", bgcolor: colour("card"), bordercolor: colour("line"), font: { color: colour("text") } },
  }, layout);
  const axes = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));
  for (const name of new Set(["xaxis", "yaxis", ...axes])) merged[name] = Object.assign({}, axis, layout[name]);
  return merged;
}
function draw(id, traces, layout) {
  const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"] };
  if (!charts.some((chart) => chart.id === id)) charts.push({ id });
  Object.assign(charts.find((chart) => chart.id === id), { traces, layout });
  return Plotly.react(document.getElementById(id), traces, themed(layout), config);
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const chart of charts) draw(chart.id, chart.traces, chart.layout);
});
