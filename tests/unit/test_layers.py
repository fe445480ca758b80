"""Imports point one way: recipes, then AWS and PostgreSQL, then what is pure."""

import ast
import re
from pathlib import Path

import pytest

import clonekit

ROOT = Path(clonekit.__file__).parent
RECIPES = {path.stem for path in ROOT.glob("*.py")}
SHARED = {"app", "errors", "files", "hiding", "interrupts", "markup", "names", "output", "plan", "processes", "runs"}
SHARED |= {"settings", "waiting"}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(path.read_text())
    for path in ROOT.rglob("*.py")
    if "sandbox" not in path.parts
}
PURE = {name for name, tree in MODULES.items() if "Pure" in (ast.get_docstring(tree) or "").partition("\n\n")[0]}


def imported(tree: ast.AST) -> set[str]:
    """Return the modules of ours that one imports, anywhere in it but for types only."""
    found: set[str] = set()
    nodes = list(ast.iter_child_nodes(tree))
    for node in nodes:
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            nodes.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "clonekit":
            package = (node.module or "").removeprefix("clonekit").removeprefix(".")
            inside = {f"{package}.{alias.name}".removeprefix(".") for alias in node.names}
            found |= (inside & MODULES.keys()) or {package}
    return found


@pytest.mark.parametrize("name", sorted(MODULES.keys() - RECIPES))
def test_a_package_imports_no_recipe(name: str) -> None:
    assert not imported(MODULES[name]) & (RECIPES - SHARED)


@pytest.mark.parametrize("name", sorted(PURE))
def test_what_is_pure_imports_only_what_is_pure(name: str) -> None:
    assert imported(MODULES[name]) <= PURE | {"errors"}


def test_the_readme_names_every_module_where_it_is_and_no_other() -> None:
    _, _, told = (ROOT.parent / "README.md").read_text().partition("\n## The code\n")
    places = re.split(r"^\| (?:recipes|`(\w+)/`) \| do(?:es)? \|$", told, flags=re.MULTILINE)
    named = set()
    for package, rows in zip(places[1::2], places[2::2], strict=True):
        cells = " ".join(re.findall(r"^\| (.*?) \|", rows, re.MULTILINE))
        modules = re.findall(r"`(\w+)`", cells)
        named |= {module if package in (None, module) else f"{package}.{module}" for module in modules}
    assert named == MODULES.keys() - {"__init__", "postgres", "rehearsal"}
