// Closes a message; focus goes to the page, not to nowhere.
export function start(root) {
  for (const toast of root.querySelectorAll("[data-toast]")) {
    toast.querySelector("[data-toast-close]")?.addEventListener("click", () => {
      toast.remove();
      document.getElementById("main")?.focus();
    });
  }
}
