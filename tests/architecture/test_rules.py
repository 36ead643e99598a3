"""Rules of the house that a linter does not know."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.models import Base
from matchmaker.policies.base import REGISTRY, Permission
from matchmaker.policies.job import PARTICULAR_KINDS, PROGRAMME_KINDS
from matchmaker.settings import Settings
from matchmaker.tasks import REGISTRY as TASKS
from matchmaker.tasks import load_all
from matchmaker.web import Matchmaker, create_app
from matchmaker.web.auth import Public
from matchmaker.workflows import ALL_WORKFLOWS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "matchmaker"
TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.html"))
MAX_FUNCTION_LINES = 40
MAX_MODULE_LINES = 400


def modules(*parts: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.joinpath(*parts).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Matchmaker:
    return create_app(Settings(environment="test", data_dir=tmp_path_factory.mktemp("data")))


def test_every_route_names_a_permission(application: Matchmaker) -> None:
    nameless = []
    for rule in application.url_map.iter_rules():
        view = application.view_functions[rule.endpoint]
        permission = getattr(view, "permission", None)
        if rule.endpoint != "static" and not isinstance(permission, Permission | Public):
            nameless.append(rule.endpoint)

    assert len(list(application.url_map.iter_rules())) > 20
    assert nameless == []


def test_every_permission_says_who_and_is_named_after_its_noun() -> None:
    assert REGISTRY
    for name, permission in REGISTRY.items():
        assert re.fullmatch(r"[a-z_]+:[a-z_]+", name), name
        assert permission.doc.rstrip().endswith("."), name


def test_only_apply_writes_a_state() -> None:
    found = []
    for name, tree in modules():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name == "apply":
                continue
            for node in ast.iter_child_nodes(function):
                found += [f"{name}:{node.lineno}" for _ in _state_writes(node)]

    assert found == []


def _state_writes(node: ast.AST) -> Iterator[ast.AST]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Attribute) and part.attr == "state":
                yield part


def test_rule_on_states_would_find_a_write() -> None:
    (write,) = ast.parse("problem.state = 'closed'").body

    assert list(_state_writes(write))


def test_bulk_updates_leave_states_alone() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "values"
        and any(keyword.arg == "state" for keyword in node.keywords)
    ]

    assert found == []


@pytest.mark.parametrize("package", ["services", "queries", "reports", "policies"])
def test_lower_layers_never_end_a_transaction(package: str) -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
    ]

    # The worker's part of a match run works through several transactions of its own.
    assert [place for place in found if "match_ranking" not in place] == []


def test_each_workflow_belongs_to_a_table_whose_state_begins_at_its_start() -> None:
    by_name = {mapper.class_.__tablename__: mapper for mapper in Base.registry.mappers}
    plural = {"match": "matches", "delivery": "deliveries", "evidence": "evidence"}

    for workflow in ALL_WORKFLOWS:
        mapper = by_name[plural.get(workflow.name, workflow.name + "s")]
        assert mapper.columns["state"].default.arg is workflow.initial, workflow.name
        assert set(workflow.labels) == set(type(workflow.initial)), workflow.name


def test_every_kind_of_work_is_said_to_be_for_the_office_or_not() -> None:
    load_all()

    assert sorted(TASKS) == sorted((*PROGRAMME_KINDS, *PARTICULAR_KINDS))


def test_constraints_have_names_of_their_own() -> None:
    """PostgreSQL keeps the names of unique constraints in one place for all tables."""
    names = [
        constraint.name
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name
    ]

    assert sorted(names) == sorted(set(names))


def test_functions_are_short() -> None:
    long = [
        f"{name}: {node.name} has {_length(node)} lines"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and _length(node) > MAX_FUNCTION_LINES
    ]

    assert long == []


def test_modules_are_short() -> None:
    long = [
        f"{name} has {_length(tree)} lines"
        for name, tree in modules()
        if _length(tree) > MAX_MODULE_LINES
    ]

    assert long == []


def _length(node: ast.FunctionDef | ast.Module) -> int:
    """Lines of code in its body: documentation and a signature may take the room they need."""
    lines = {
        line
        for statement in node.body
        for part in ast.walk(statement)
        if isinstance(part, ast.stmt | ast.expr)
        for line in (part.lineno, part.end_lineno or part.lineno)
    }
    documents = [
        part
        for part in ast.walk(node)
        if isinstance(part, ast.FunctionDef | ast.ClassDef | ast.Module)
    ]
    for part in documents:
        if ast.get_docstring(part, clean=False) is not None:
            text = part.body[0]
            lines -= set(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return len(lines)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_code_and_no_foreign_address(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)

    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", text)
    assert not re.search(r"\|\s*safe\b", text)


def test_styles_and_scripts_load_nothing_from_elsewhere() -> None:
    found = [
        path.name
        for kind in ("css", "js")
        for path in (PACKAGE / "web" / "static").rglob(f"*.{kind}")
        if re.search(
            r"(?:url\(|@import|import\s|fetch\()\s*[\"']?(?:https?:)?//", path.read_text("utf-8")
        )
    ]

    assert found == []


def test_nobody_else_asks_the_time() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("datetime.now", "datetime.utcnow", "dt.datetime.now", "date.today")
    ]

    assert [place for place in found if not place.startswith("matchmaker/clock.py")] == []


@pytest.mark.parametrize(
    "package", ["models", "policies", "queries", "services", "web.views", "web.forms", "cli"]
)
def test_every_module_says_what_belongs_in_it(package: str) -> None:
    for name, tree in modules(*package.split(".")):
        if not name.endswith("__init__.py"):
            assert ast.get_docstring(tree), name
