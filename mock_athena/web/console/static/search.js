// The search builder: one more row without asking for the page again, and what a parameter takes as soon as it is chosen.

const rows = document.getElementById("rows");
const options = new Map([...document.querySelectorAll("#parameters option")].map((each) => [each.value, each.label]));

/** A copy of the last row, empty and numbered on. */
function more() {
  const last = rows.lastElementChild;
  const row = last.cloneNode(true);
  const number = rows.children.length + 1;
  row.setAttribute("aria-label", `Parameter ${number}`);
  for (const input of row.querySelectorAll("input")) {
    input.id = `${input.name}-${number}`;
    input.value = "";
    input.closest(".field").querySelector("label").htmlFor = input.id;
  }
  row.querySelector(".hint").textContent = "";
  rows.append(row);
  row.querySelector("input").focus();
}

/** What is told of the parameter of a row. */
function tell(name) {
  const row = name.closest(".row");
  const value = row.querySelector("[name=value]");
  const code = name.value.split(/[:.]/)[0];
  row.querySelector(".hint").textContent = options.get(code) ?? "";
  if (/^_(rev)?include$/.test(code)) value.setAttribute("list", "includes");
  else value.removeAttribute("list");
}

document.querySelector(".builder").addEventListener("click", (event) => {
  if (event.target.value !== "more") return;
  event.preventDefault();
  more();
});
rows.addEventListener("change", (event) => {
  if (event.target.name === "name") tell(event.target);
});
