"""Pages as a browser without scripts reads them: links, forms and messages, by the standard library."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
Pairs = list[tuple[str, str]]
LIKELY = {
    "email": "somebody@else.example",
    "url": "https://else.example",
    "password": "correct horse battery",
    "datetime-local": "2030-01-01T12:00",
}


@dataclass
class Control:
    """A control of a form: its name, its kind, what it says and what one can choose."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    is_on: bool = True
    #: What browsers take it for: text, decimal, email, url.
    mode: str = ""

    @property
    def is_text(self) -> bool:
        """Whether people write words into it."""
        return self.kind == "textarea" or (self.kind in ("text", "search") and not self.mode)

    @property
    def is_typed(self) -> bool:
        """Whether people type into it at all."""
        return self.kind in ("text", "search", "textarea", "email", "url", "number") or (
            self.kind.startswith("date")
        )

    @property
    def is_choice(self) -> bool:
        return self.kind in ("radio", "checkbox")

    def likely(self, taken: set[str]) -> str:
        """Something that fits, where nothing is filled in; of a list, what was not *taken* yet."""
        if self.kind == "select":
            value = next((option for option in self.options if option and option not in taken), "")
            taken.add(value)
            return value
        return LIKELY.get(self.mode or self.kind, "")


@dataclass
class Form:
    """A form: where it goes, what is in it, and the buttons that send it."""

    method: str
    action: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    #: Whether it goes to whatever address the page has.
    has_no_action: bool = False

    @property
    def names(self) -> frozenset[str]:
        return frozenset(control.name for control in self.controls)

    def filled(self, words: str | None = None) -> Pairs:
        """What a person sends who has chosen wherever there is a choice and written *words* everywhere."""
        chosen = {c.name for c in self.controls if c.is_choice and c.is_on}
        taken: set[str] = set()
        pairs: Pairs = []
        for control in self.controls:
            if control.is_choice:
                if control.is_on or control.name not in chosen:
                    chosen.add(control.name)
                    pairs.append((control.name, control.value))
            elif control.name:
                value = words if control.is_text and words is not None else control.value
                value = value if control.is_text else value or control.likely(taken)
                pairs.append((control.name, value))
        return pairs

    def ways(self) -> list[tuple[str, Pairs]]:
        """Each button: where it sends the form, and what it adds."""
        ways = []
        for name, value, action in self.buttons or [("", "", "")]:
            ways.append((action or self.action, [(name, value)] if name else []))
        return ways


@dataclass
class Page:
    """What a page offers."""

    path: str
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    #: The texts of what is marked as an error, without what is only there for screen readers.
    errors: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.page = Page(path)
        self.open: list[tuple[str, set[str], str | None]] = []
        self.forms: dict[str, Form] = {}
        self.current: Form | None = None
        self.control: Control | None = None
        self.error_depth = 0
        self.adopted: list[tuple[str, Control]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag not in VOID:
            self.open.append((tag, set(given.get("class", "").split()), given.get("role")))
        if tag == "a" and given.get("href"):
            self.page.links.append(given["href"])
        elif tag == "form":
            action = given.get("action") or self.page.path
            self.current = Form(given.get("method", "get").lower(), action)
            self.current.has_no_action = not given.get("action")
            self.page.forms.append(self.current)
            self.forms[given.get("id", "")] = self.current
        elif tag in ("input", "select", "textarea", "option", "button"):
            self._control(tag, given)
        if self._starts_error():
            self.error_depth = len(self.open)
            self.page.errors.append("")

    def _starts_error(self) -> bool:
        if self.error_depth or not self.open:
            return False
        _tag, classes, role = self.open[-1]
        return role == "alert" or bool(classes & {"error", "error-summary", "tone-stop"})

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "option":
            if self.control is not None:
                self.control.options.append(value)
                if "selected" in given or len(self.control.options) == 1:
                    self.control.value = value
            return
        if tag == "button":
            if self.current is not None and given.get("type", "submit") == "submit":
                self.current.buttons.append((name, value, given.get("formaction", "")))
            return
        kind = given.get("type", "text") if tag == "input" else tag
        is_on = "checked" in given if kind in ("checkbox", "radio") else True
        control = Control(name, kind, value, [value], is_on, given.get("inputmode", ""))
        if tag in ("select", "textarea"):
            control.options, self.control = [], control
        self._keep(control, given.get("form"))

    def _keep(self, control: Control, owner: str | None) -> None:
        if owner is not None:
            self.adopted.append((owner, control))
        elif self.current is not None:
            self.current.controls.append(control)

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _classes, _role in self.open):
            return
        while self.open:
            name = self.open.pop()[0]
            if len(self.open) < self.error_depth:
                self.error_depth = 0
            if name == tag:
                break
        if tag in ("select", "textarea"):
            self.control = None
        if tag == "form":
            self.current = None

    def handle_data(self, text: str) -> None:
        if self.control is not None and self.control.kind == "textarea":
            self.control.value += text
        if self.error_depth and not any("visually-hidden" in c for _tag, c, _role in self.open):
            self.page.errors[-1] += text

    def close(self) -> None:
        super().close()
        for owner, control in self.adopted:
            if owner in self.forms:
                self.forms[owner].controls.append(control)


def read(path: str, markup: str) -> Page:
    """Read the page at *path*."""
    reader = _Reader(path)
    reader.feed(markup)
    reader.close()
    return reader.page
