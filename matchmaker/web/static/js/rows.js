// Adds and removes repeated rows of fields; without scripts the server offers blank rows.
//
// The <template> holds one row whose names and ids contain __index__. Indexes are never reused,
// so a removed row leaves a hole that the server skips.
const INDEX = /__index__/g;

function nextIndex(box) {
  const used = [...box.querySelectorAll("[data-rows-list] [name]")].map((field) =>
    Number(/-(\d+)(?=-|$)/.exec(field.name)?.[1] ?? -1),
  );
  return Math.max(-1, ...used, Number(box.dataset.rowsLast ?? -1)) + 1;
}

function newRow(box) {
  const index = nextIndex(box);
  box.dataset.rowsLast = index;
  const holder = document.createElement("template");
  const template = box.querySelector("[data-rows-template]");
  holder.innerHTML = template.innerHTML.replace(INDEX, String(index));
  return holder.content.firstElementChild;
}

function startRows(box) {
  const list = box.querySelector("[data-rows-list]");
  const add = box.querySelector("[data-rows-add]");
  const limit = (name, fallback) => Number(box.dataset[name] ?? fallback);
  const refresh = () => {
    add.disabled = list.children.length >= limit("rowsMax", 30);
    const locked = list.children.length <= limit("rowsMin", 0);
    for (const button of list.querySelectorAll("[data-rows-remove]")) button.disabled = locked;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  add.addEventListener("click", () => {
    const row = newRow(box);
    list.append(row);
    refresh();
    row.querySelector("input, select, textarea")?.focus();
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows-remove]")?.closest("[data-row]");
    if (!row) return;
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    refresh();
    (neighbour?.querySelector("input, select, textarea") ?? add).focus();
  });
}

export function start(root) {
  root.querySelectorAll("[data-rows]").forEach(startRows);
}
