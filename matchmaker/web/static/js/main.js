// Loads a module only where the page has a part that it serves.
const parts = {
  "[data-autosave]": "./autosave.js",
  "[data-review-row]": "./review.js",
  "[data-tabs]": "./tabs.js",
  "[data-rows]": "./rows.js",
  "[data-poll], [data-refresh]": "./poll.js",
  "[data-dialog], [data-dialog-open]": "./dialog.js",
  "[data-menu], [data-popover]": "./menu.js",
  "[data-toast]": "./toast.js",
  "[data-max-bytes]": "./upload.js",
};

for (const [selector, module] of Object.entries(parts)) {
  if (document.querySelector(selector)) {
    import(new URL(module, import.meta.url)).then(({ start }) => start(document));
  }
}

document.querySelector("[data-focus]")?.focus();
