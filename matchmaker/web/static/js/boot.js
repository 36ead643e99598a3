// Runs before the page is drawn, so that parts for scripts do not flash in.
document.documentElement.classList.add("js");
