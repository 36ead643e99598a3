// Refreshes fragments of a page.
//
// [data-poll="URL"] asks again while the fragment that comes back still carries data-poll; a
// fragment with data-poll-reload reloads the page instead, for when a job has made new content.
// [data-refresh="URL"] asks once after each time that a form of the page has saved itself.
const FIRST = 1500;
const LONGEST = 20000;

async function fetchFragment(url) {
  const response = await fetch(url, {
    headers: { "X-Requested-With": "fetch", Accept: "text/html" },
    redirect: "manual",
    cache: "no-store",
  });
  if (!response.ok) throw new Error(String(response.status));
  const holder = document.createElement("template");
  holder.innerHTML = (await response.text()).trim();
  return holder.content.firstElementChild;
}

/* Focus would be lost with the replaced element: give it to the same place in the new one. */
function swap(old, fresh) {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (hadFocus) (fresh.querySelector("button, a, input") ?? document.getElementById("main"))?.focus();
}

const seen = () =>
  document.hidden
    ? new Promise((resolve) =>
        document.addEventListener("visibilitychange", resolve, { once: true }),
      )
    : Promise.resolve();

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function poll(element) {
  let pause = Number(element.dataset.pollEvery ?? FIRST);
  while (element.isConnected && element.dataset.poll) {
    await wait(pause);
    await seen();
    try {
      const fresh = await fetchFragment(element.dataset.poll);
      if (fresh?.hasAttribute("data-poll-reload")) return location.reload();
      if (!fresh) return;
      swap(element, fresh);
      element = fresh;
      pause = Number(element.dataset.pollEvery ?? FIRST);
    } catch {
      pause = Math.min(pause * 2, LONGEST);
    }
  }
}

async function refresh(element) {
  const fresh = await fetchFragment(element.dataset.refresh);
  if (fresh) swap(element, fresh);
}

export function start(root) {
  root.querySelectorAll("[data-poll]").forEach(poll);
  document.addEventListener("autosaved", () => {
    // A failed refresh leaves the last picture: the next save tries again.
    document.querySelectorAll("[data-refresh]").forEach((box) => refresh(box).catch(() => {}));
  });
}
