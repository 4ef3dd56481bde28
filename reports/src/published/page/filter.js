const form = document.getElementById("filters");
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  const wanted = Object.fromEntries(new FormData(form));
  const name = wanted.name.toLowerCase();
  const feature = wanted.feature.toLowerCase();
  for (const row of document.querySelectorAll("[data-name]")) {
    const { dataset } = row;
    row.hidden = !dataset.name.includes(name)
      || (row.tagName === "TR" && ["release", "channel"].some((key) => wanted[key] && dataset[key] !== wanted[key]));
  }
  for (const cell of document.querySelectorAll("[data-feature]")) {
    cell.hidden = !cell.dataset.feature.toLowerCase().includes(feature);
  }
  for (const head of document.querySelectorAll(".kind")) {
    const table = head.closest("table");
    const all = [...table.querySelectorAll("th.feature")];
    const before = [...head.parentNode.querySelectorAll(".kind")];
    let at = 0;
    for (const other of before) {
      const own = all.slice(at, at + Number(other.dataset.count ?? other.colSpan));
      at += own.length;
      other.dataset.count = own.length;
      const shown = own.filter((cell) => !cell.hidden).length;
      other.hidden = shown === 0;
      other.colSpan = Math.max(shown, 1);
    }
  }
});
// A link to an implementation opens its reports.
const open = () => { const target = document.getElementById(location.hash.slice(1)); if (target) target.open = true; };
addEventListener("hashchange", open);
open();
