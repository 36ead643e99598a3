// Saves a form[data-autosave="URL"] while one types, and keeps a copy on the device until the
// server has confirmed it.
//
// The form is posted urlencoded with its own token. 2xx means saved; a refusal may carry JSON with
// `message` (or an RFC 9457 `detail`), which is shown to the person.
const PAUSE = 1200;
const KEEP = 7 * 24 * 60 * 60 * 1000;
const SECRET = new Set(["password", "file", "hidden"]);

const clock = () =>
  new Date().toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });

/* What the person typed: no token, no password, no file. */
function typed(form) {
  const skip = new Set(
    [...form.elements].filter((field) => SECRET.has(field.type)).map((field) => field.name),
  );
  return [...new FormData(form)].filter(([name, value]) => !skip.has(name) && typeof value === "string");
}

/* Private mode or a full disk may refuse storage; saving on the server still works. */
class DeviceCopy {
  constructor(form) {
    this.key = `draft:${document.body.dataset.user ?? ""}:${form.dataset.autosave}`;
  }

  write(entries) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), entries }));
    } catch {
      this.drop();
    }
  }

  read() {
    try {
      const copy = JSON.parse(localStorage.getItem(this.key));
      return copy && Date.now() - copy.at < KEEP ? copy : null;
    } catch {
      return null;
    }
  }

  drop() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      return;
    }
  }
}

function putBack(form, entries) {
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || SECRET.has(field.type)) continue;
    const wanted = values.get(field.name) ?? [];
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = wanted.includes(field.value);
    } else if (field.type === "select-multiple") {
      for (const option of field.options) option.selected = wanted.includes(option.value);
    } else if (wanted.length) {
      field.value = wanted.shift();
    }
  }
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.copy = new DeviceCopy(form);
    this.status = form.querySelector("[data-autosave-status]");
    this.saved = JSON.stringify(typed(form));
    this.running = false;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => this.leave());
    addEventListener("beforeunload", (event) => {
      if (this.unsaved) event.preventDefault();
    });
    addEventListener("online", () => this.unsaved && this.save());
    this.offer();
  }

  get unsaved() {
    return !this.leaving && JSON.stringify(typed(this.form)) !== this.saved;
  }

  changed() {
    this.copy.write(typed(this.form));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  leave() {
    this.leaving = true;
    clearTimeout(this.timer);
  }

  say(text, failed = false) {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.classList.toggle("is-failed", failed);
  }

  async save() {
    if (this.running || this.leaving || !this.unsaved) return;
    this.running = true;
    const words = this.status?.dataset ?? {};
    const entries = typed(this.form);
    this.say(words.saving);
    try {
      await this.post();
      this.saved = JSON.stringify(entries);
      this.copy.drop();
      this.say((words.saved ?? "").replace("{time}", clock()));
      document.dispatchEvent(new CustomEvent("autosaved", { detail: { form: this.form } }));
    } catch (error) {
      this.copy.write(typed(this.form));
      this.say(error.detail ? `${words.refused ?? ""}${error.detail}` : words.failed, true);
    } finally {
      this.running = false;
      // What was typed while the save was under way waits for the next pause.
      if (this.unsaved && this.saved === JSON.stringify(entries)) this.changed();
    }
  }

  async post() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string") body.append(name, value);
    }
    const response = await fetch(this.form.dataset.autosave, {
      method: "POST",
      body,
      headers: { "X-Requested-With": "fetch", Accept: "application/json" },
      redirect: "manual",
    });
    if (response.ok) return;
    const isJson = response.headers.get("Content-Type")?.includes("json");
    const answer = isJson ? await response.json() : {};
    throw Object.assign(new Error("refused"), { detail: answer.message ?? answer.detail });
  }

  offer() {
    const copy = this.copy.read();
    const box = this.form.querySelector("[data-autosave-restore]");
    if (!copy || !box || JSON.stringify(copy.entries) === this.saved) return this.copy.drop();
    box.querySelector("[data-autosave-time]").textContent = new Date(copy.at).toLocaleString(
      document.documentElement.lang,
      { dateStyle: "medium", timeStyle: "short", hour12: false },
    );
    box.querySelector("[data-autosave-accept]").addEventListener("click", () => {
      putBack(this.form, copy.entries);
      box.hidden = true;
      this.form.dispatchEvent(new Event("input", { bubbles: true }));
    });
    box.querySelector("[data-autosave-discard]").addEventListener("click", () => {
      this.copy.drop();
      box.hidden = true;
    });
    box.hidden = false;
  }
}

export function start(root) {
  root.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
}
