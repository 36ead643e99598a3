// Says that a file is too large before it is sent: a browser cannot show the answer to half a body.
export function start(root) {
  for (const input of root.querySelectorAll("[data-max-bytes]")) {
    const warning = document.getElementById(input.dataset.tooLarge);
    input.addEventListener("change", () => {
      const file = input.files[0];
      const isTooLarge = Boolean(file) && file.size > Number(input.dataset.maxBytes);
      warning.hidden = !isTooLarge;
      input.setCustomValidity(isTooLarge ? warning.textContent.trim() : "");
    });
    input.form.addEventListener("submit", (event) => {
      if (!warning.hidden) {
        event.preventDefault();
        input.focus();
      }
    });
  }
}
