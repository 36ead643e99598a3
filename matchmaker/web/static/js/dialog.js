// Turns <details data-dialog> with a form into a modal dialog opened by its summary.
//
// Also opens any <dialog id="x"> from a button with data-dialog-open="x".
function fill(dialog, form) {
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", form.getAttribute("aria-labelledby") ?? "");
  dialog.append(form);
}

function upgrade(details) {
  const form = details.querySelector("form");
  const summary = details.querySelector("summary");
  const dialog = document.createElement("dialog");
  fill(dialog, form);
  // At the end of the page, so that it takes nothing from the place of its button.
  document.body.append(dialog);
  details.dataset.upgraded = "";
  details.open = false;
  summary.setAttribute("aria-haspopup", "dialog");
  summary.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  wireClose(dialog);
  dialog.addEventListener("close", () => summary.focus());
}

function wireClose(dialog) {
  for (const button of dialog.querySelectorAll("[data-dialog-close]")) {
    button.addEventListener("click", () => dialog.close());
  }
}

export function start(root) {
  root.querySelectorAll("details[data-dialog]").forEach(upgrade);
  root.querySelectorAll("dialog[data-dialog]").forEach(wireClose);
  for (const button of root.querySelectorAll("[data-dialog-open]")) {
    button.addEventListener("click", () => {
      document.getElementById(button.dataset.dialogOpen)?.showModal();
    });
  }
}
