// Shows the [data-tab] fieldsets of a [data-tabs] one at a time, after the ARIA tabs pattern.
//
// Panels with an error stay reachable: the first one that has an error is opened at the start,
// and following a link to a field inside a hidden panel opens that panel.
function makeTab(panel) {
  const tab = document.createElement("button");
  const label = panel.querySelector("[data-tab-label]");
  tab.type = "button";
  tab.className = "tab";
  tab.id = `${panel.id}-tab`;
  tab.append(...[...label.childNodes].map((node) => node.cloneNode(true)));
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", panel.id);
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", tab.id);
  return tab;
}

function startTabs(box) {
  const panels = [...box.querySelectorAll("[data-tab]")];
  const tabs = panels.map(makeTab);
  const select = (chosen) => {
    panels.forEach((panel, index) => {
      panel.hidden = index !== chosen;
      tabs[index].setAttribute("aria-selected", String(index === chosen));
      tabs[index].tabIndex = index === chosen ? 0 : -1;
    });
  };
  const list = document.createElement("div");
  list.className = "tab-list";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", box.dataset.tabsLabel ?? "");
  list.append(...tabs);
  panels[0].parentElement.before(list);
  box.classList.add("has-tabs");

  tabs.forEach((tab, index) => tab.addEventListener("click", () => select(index)));
  list.addEventListener("keydown", (event) => move(event, tabs, select));
  const openFor = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    const index = target ? panels.findIndex((panel) => panel.contains(target)) : -1;
    if (index >= 0) {
      select(index);
      target.focus();
    }
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (link) openFor(link.hash);
  });
  select(Math.max(0, panels.findIndex((panel) => panel.querySelector("[aria-invalid]"))));
  openFor(location.hash);
}

function move(event, tabs, select) {
  const now = tabs.indexOf(document.activeElement);
  const goal = {
    ArrowRight: (now + 1) % tabs.length,
    ArrowLeft: (now - 1 + tabs.length) % tabs.length,
    Home: 0,
    End: tabs.length - 1,
  }[event.key];
  if (goal === undefined) return;
  event.preventDefault();
  select(goal);
  tabs[goal].focus();
}

export function start(root) {
  root.querySelectorAll("[data-tabs]").forEach(startTabs);
}
