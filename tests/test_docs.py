"""The README and the runbook say what the code does: every command, setting, exit code and task in them is real."""

import importlib.util
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from invoke.parser.context import ParserContext
from invoke.parser.parser import Parser
from invoke.program import Program

from clonekit import errors, settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
RUNBOOK = (ROOT / "runbooks" / "prod-clone-refactor-testing.md").read_text()
POLICY = ROOT / "runbooks" / "iam-policy.json"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BEFORE_A_COMMAND = {"if", "then", "else", "do", "while", "!", "exec"}
PUNCTUATION = "();<>|&"


def load_tasks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tasks_in_the_docs", ROOT / "tasks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NS = load_tasks().ns
TASKS = sorted(NS.task_names)


def inv_commands(shell: str) -> Iterator[list[str]]:
    """Yield the arguments of each `inv` in a piece of shell, also of those in `$(...)` and in quoted words."""
    named = re.sub(r"<([\w-]+)>", r"\1", shell).replace("\\\n", " ")
    for line in named.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=PUNCTUATION)
        lexer.whitespace_split = True
        words: list[str] = []
        for token in [*lexer, ";"]:
            if "inv " in token:
                yield from inv_commands(token.replace("$(", "(").strip('"'))
            if set(token) <= set(PUNCTUATION):
                yield from own_arguments(words)
                words = []
            else:
                words.append(token)


def own_arguments(words: list[str]) -> Iterator[list[str]]:
    while words and (words[0] in BEFORE_A_COMMAND or re.match(r"\w+=", words[0])):
        words = words[1:]
    if words and Path(words[0]).name == "inv":
        yield words[1:]


def documented(text: str) -> list[list[str]]:
    fenced = [body for language, body in FENCE.findall(text) if language == "sh"]
    spans = re.findall(r"`([^`]+)`", FENCE.sub("", text))
    inline = [" ".join(code.split()) for code in spans if re.search(r"\binv ", code)]
    return [found for shell in [*fenced, *inline] for found in inv_commands(shell)]


def typed(arguments: list[str]) -> str:
    return shlex.join(["inv", *arguments])


def parse(arguments: list[str]) -> list[Any]:
    """Parse as `inv` does; raise for an unknown task or flag and for a missing argument."""
    program = Program(namespace=NS)
    core = ParserContext(args=[*program.core_args(), *program.task_args()])
    rest = arguments[1:] if arguments[:1] == ["--help"] else arguments
    return list(Parser(contexts=NS.to_contexts(), initial=core).parse_argv(rest))


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no section {title!r}"
    return found[1]


def rows(text: str) -> dict[str, str]:
    """Return the tables' rows by the first cell's code: `| `key` | rest |`."""
    return dict(re.findall(r"^\| `([^`]+)`[^|]*\| (.*) \|$", text, re.MULTILINE))


def statements(effect: str) -> list[dict[str, Any]]:
    return [one for one in json.loads(POLICY.read_text())["Statement"] if one["Effect"] == effect]


def actions(statement: dict[str, Any]) -> list[str]:
    listed = statement["Action"]
    return [listed] if isinstance(listed, str) else list(listed)


ALL_COMMANDS = sorted({typed(arguments) for text in (README, RUNBOOK) for arguments in documented(text)})
KEYS = [(f"{name}.{key}", value) for name, values in settings.defaults().items() for key, value in values.items()]
ERRORS = [found for found in vars(errors).values() if "exit_code" in getattr(found, "__dict__", {})]


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_each_documented_command_exists_and_takes_its_flags(command: str) -> None:
    assert parse(shlex.split(command)[1:])


def test_a_documented_command_with_an_unknown_flag_would_be_found() -> None:
    with pytest.raises(Exception, match="--no-such-flag"):
        parse(["db.fresh", "--no-such-flag"])


def test_a_documented_command_with_an_unknown_task_would_be_found() -> None:
    with pytest.raises(Exception, match=r"db\.no-such-task"):
        parse(["db.no-such-task"])


@pytest.mark.parametrize(
    ("shell", "found"),
    [
        ("inv db.fresh  # inv db.not-this", [["db.fresh"]]),
        ("A=1 B='2 3' .venv/bin/inv migrate migrate", [["migrate", "migrate"]]),
        ("pip install x && inv demo", [["demo"]]),
        ("dump=$(inv db.clone-prod --yes)", [["db.clone-prod", "--yes"]]),
        ('eval "$(inv sandbox.env)"', [["sandbox.env"]]),
        ("trap 'inv db.drop-clone; rm -f x' EXIT", [["db.drop-clone"]]),
        ("inv db.load-clone --dump-file <dump>", [["db.load-clone", "--dump-file", "dump"]]),
        ("inv db.psql \\\n  --db x", [["db.psql", "--db", "x"]]),
        ("echo inv db.fresh", []),
    ],
)
def test_the_commands_in_a_piece_of_shell_are_found(shell: str, found: list[list[str]]) -> None:
    assert list(inv_commands(shell)) == found


def test_the_readme_shows_commands() -> None:
    assert len(documented(README)) > len(TASKS)


@pytest.mark.parametrize("task", ["db.clone-prod", "db.load-clone", "migrate", "db.fresh", "db.schema-diff", "ingest"])
def test_the_runbook_has_the_command_of_each_step(task: str) -> None:
    assert any(arguments[:1] == [task] for arguments in documented(RUNBOOK))


@pytest.mark.parametrize("title", ["Run it", "Test it"])
def test_the_section_has_one_fenced_command(title: str) -> None:
    (fence,) = FENCE.findall(section(title))
    assert len(fence[1].strip().splitlines()) == 1


def test_the_command_under_run_it_ends_in_the_demo() -> None:
    assert section("Run it").count("inv demo\n```") == 1


def test_the_command_under_test_it_ends_in_pytest() -> None:
    assert section("Test it").count("-m pytest -n auto --dist loadfile\n```") == 1


def test_ci_takes_its_test_command_from_the_readme() -> None:
    ci = (ROOT / ".ci" / "run").read_text()
    assert "README.md" in ci
    assert "Test it" in ci


@pytest.mark.parametrize(("key", "default"), KEYS)
def test_each_setting_is_in_the_table_with_its_default(key: str, default: str) -> None:
    shown = rows(section("Settings"))[key].split(" | ")[0]
    assert shown == (f"`{default.removesuffix('.0')}`" if default else "empty")


def test_the_settings_table_has_no_other_keys() -> None:
    assert set(rows(section("Settings"))) == {key for key, _ in KEYS}


@pytest.mark.parametrize("example", [body for language, body in FENCE.findall(README) if language == "yaml"])
def test_each_configuration_in_the_readme_is_accepted(example: str) -> None:
    assert settings.read(yaml.safe_load(example), {}, ROOT).app.migrate


@pytest.mark.parametrize("example", [body for language, body in FENCE.findall(README) if language == "yml"])
def test_each_ci_job_in_the_readme_verifies_a_rehearsal(example: str) -> None:
    told = yaml.safe_load(example)
    job = told.get("jobs", told)["rehearsed"]
    commands = job.get("script") or [step["run"] for step in job["steps"] if "run" in step]
    assert commands[-1] == "inv rehearse --verify rehearsals/report.json"


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: str(error.__name__))
def test_each_error_is_in_the_table_of_exit_codes(error: type[errors.Error]) -> None:
    assert f"`{error.__name__}`" in rows(section("Exit codes"))[str(error.exit_code)]


@pytest.mark.parametrize("code", ["0", str(errors.DIFFERENT), "129", "130", "143"])
def test_each_exit_code_that_is_no_error_is_in_the_table(code: str) -> None:
    assert code in rows(section("Exit codes"))


@pytest.mark.parametrize("task", TASKS)
def test_each_task_is_in_the_task_table(task: str) -> None:
    assert task in {name.split()[0] for name in rows(section("Tasks"))}


def test_the_task_table_has_no_other_tasks() -> None:
    assert {name.split()[0] for name in rows(section("Tasks"))} == set(TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_each_flag_of_a_task_is_in_its_row(task: str) -> None:
    (context,) = [one for one in NS.to_contexts() if one.name == task]
    table = {name.split()[0]: f"{name} {rest}" for name, rest in rows(section("Tasks")).items()}
    flags = [flag for flag in context.flags if not context.flags[flag].positional]
    assert [flag for flag in flags if not re.search(rf"(?<![\w-]){flag}\b", table[task])] == []


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README + RUNBOOK))
def test_each_file_that_is_linked_exists(link: str) -> None:
    assert (ROOT / link).exists() or (ROOT / "runbooks" / link).exists()


def test_the_policy_is_valid_json_of_the_current_policy_language() -> None:
    assert json.loads(POLICY.read_text())["Version"] == "2012-10-17"


def test_the_policy_changes_and_deletes_only_what_carries_the_tag() -> None:
    changing = ("rds:Create", "rds:Restore", "rds:AddTags", "rds:Modify", "rds:Delete")
    risky = [one for one in statements("Allow") if any(action.startswith(changing) for action in actions(one))]
    assert risky
    assert all("clone-prod-db" in one["Condition"]["StringEquals"].values() for one in risky)


def test_the_policy_denies_deleting_and_modifying_the_source() -> None:
    (denied,) = statements("Deny")
    assert {"rds:DeleteDBInstance", "rds:ModifyDBInstance"} <= set(denied["Action"])
    assert denied["Resource"].endswith(f":db:{settings.Rds.source}")


PROTECTED = re.findall(r"^\| (?!what |---)(.+) \|$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", PROTECTED)
def test_each_row_of_the_security_page_names_tests_that_exist(row: str) -> None:
    _, _, _, held = row.split(" | ")
    named = re.fullmatch(r"`tests/\S+::test_\w+`(, `tests/\S+::test_\w+`)*", held)
    assert named, held
    tests = re.findall(r"`(\S+)::(\w+)`", held)
    assert [name for file, name in tests if f"\ndef {name}(" not in (ROOT / file).read_text()] == []


def test_the_security_page_has_rows() -> None:
    assert len(PROTECTED) > 15
