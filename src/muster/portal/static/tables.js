// Tables: a click on a heading sorts; an input with data-filters="ID" keeps the rows that contain its words.
for (const heading of document.querySelectorAll("th[data-sort]")) {
  heading.tabIndex = 0;
  const sort = () => {
    const body = heading.closest("table").tBodies[0];
    const column = heading.cellIndex;
    const isUp = heading.getAttribute("aria-sort") !== (heading.dataset.sort === "text" ? "ascending" : "descending");
    const direction = (heading.dataset.sort === "text") === isUp ? 1 : -1;
    const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
    const order = heading.dataset.sort === "text"
      ? (a, b) => value(a).localeCompare(value(b))
      : (a, b) => (parseFloat(value(a)) || 0) - (parseFloat(value(b)) || 0);
    for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
    body.append(...[...body.rows].sort((a, b) => direction * order(a, b)));
  };
  heading.addEventListener("click", sort);
  heading.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
}
for (const input of document.querySelectorAll("input[data-filters]")) {
  const rows = document.getElementById(input.dataset.filters).tBodies[0].rows;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
  });
}
