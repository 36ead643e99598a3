// Keyboard review of matches: j/k move, Enter opens, e endorses, d declines (asks the reason),
// h holds, p pins, / searches, ? helps.
//
// Each key uses the row's own form, the one the mouse would use: the element inside the row with
// data-review-action="endorse" (or decline, hold, pin) is a form, a button or a reason <details>.
// One-letter keys can be switched off in the help, for people who dictate.
const ACTIONS = { e: "endorse", d: "decline", h: "hold", p: "pin" };
const OFF = "review-keys-off";

const rows = () => [...document.querySelectorAll("[data-review-row]")];

function currentRow() {
  const focused = document.activeElement?.closest("[data-review-row]");
  return focused ?? document.querySelector("[data-review-row][aria-current]");
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const now = all.indexOf(currentRow());
  const next = all[Math.min(all.length - 1, Math.max(0, now + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function act(name) {
  const element = currentRow()?.querySelector(`[data-review-action="${name}"]`);
  if (!element) return;
  if (element instanceof HTMLFormElement) element.requestSubmit();
  else if (element instanceof HTMLDetailsElement) element.querySelector("summary").click();
  else element.click();
}

const help = () => document.querySelector("dialog[data-review-help]");

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
  if (event.key === "?") help()?.showModal();
  else if (localStorage.getItem(OFF)) return;
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "/") document.querySelector("[data-review-search]")?.focus();
  else if (event.key === "Enter" && event.target.matches("[data-review-row]")) {
    event.target.querySelector("[data-review-open]")?.click();
  } else if (ACTIONS[event.key]) act(ACTIONS[event.key]);
  else return;
  event.preventDefault();
}

export function start(root) {
  document.addEventListener("keydown", onKey);
  const toggle = root.querySelector("[data-review-keys]");
  if (!toggle) return;
  toggle.checked = !localStorage.getItem(OFF);
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
