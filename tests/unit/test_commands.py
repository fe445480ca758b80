"""The command lines, argument by argument."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from clonekit.postgres import commands
from clonekit.postgres.server import Server

BIN = Path("/bin18")
SECRET = "hunter2-do-not-show"
SERVER = Server("db.example", 6543, "ann", SECRET, hostaddr="127.0.0.1", sslmode="require")
WHERE: dict[str, str | int] = {"host": "h", "dbname": "it's"}
QUOTED = r"--dbname=host='h' dbname='it\'s'"
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.dictionaries(st.sampled_from(["host", "user", "dbname", "options", "application_name"]), VALUES, min_size=1))
def test_libpq_reads_from_a_conninfo_what_went_in(parameters: dict[str, str]) -> None:
    assert conninfo_to_dict(commands.conninfo(parameters)) == parameters


def test_a_conninfo_has_every_parameter_of_a_server() -> None:
    parameters = SERVER.parameters('x"; drop database y; --')
    assert conninfo_to_dict(commands.conninfo(parameters)) == {key: str(value) for key, value in parameters.items()}


def test_a_dump_is_custom_compressed_and_without_owners() -> None:
    assert commands.dump(BIN / "pg_dump", WHERE, Path("/d/x.part")) == [
        "/bin18/pg_dump",
        "--format=custom",
        "--compress=1",
        "--no-owner",
        "--no-subscriptions",
        "--verbose",
        "--file=/d/x.part",
        QUOTED,
    ]


def test_a_folder_is_dumped_by_several_jobs() -> None:
    argv = commands.dump(BIN / "pg_dump", WHERE, Path("/d/x.part"), commands.Form("directory", commands.ZSTD, 4))
    assert argv[1:4] == ["--format=directory", "--compress=zstd:1", "--jobs=4"]


def test_a_schema_is_printed_without_data_and_owners() -> None:
    assert commands.dump_schema(BIN / "pg_dump", WHERE) == [
        "/bin18/pg_dump",
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        QUOTED,
    ]


def test_what_each_object_depends_on_comes_by_way_of_an_archive() -> None:
    assert "--format=custom" in commands.dump_schema(BIN / "pg_dump", WHERE, as_archive=True)
    assert commands.print_needs(BIN / "pg_restore") == ["/bin18/pg_restore", "--verbose", "--file=-"]


def test_a_restore_goes_into_the_named_database() -> None:
    assert commands.restore(BIN / "pg_restore", WHERE, Path("/d/x.dump"), 3) == [
        "/bin18/pg_restore",
        "--no-owner",
        "--verbose",
        "--jobs=3",
        "--use-list=/dev/stdin",
        QUOTED,
        "/d/x.dump",
    ]


def test_contents_are_listed_without_a_server() -> None:
    assert commands.list_contents(BIN / "pg_restore", Path("/d/x")) == [
        "/bin18/pg_restore",
        "--list",
        "--create",
        "/d/x",
    ]


def test_a_dump_is_read_through_without_a_server() -> None:
    argv = commands.read_through(BIN / "pg_restore", Path("/d/x"))
    assert argv == ["/bin18/pg_restore", "--file=/dev/null", "/d/x"]


def test_an_interactive_psql_has_the_users_own_settings() -> None:
    assert commands.psql(BIN / "psql", WHERE) == ["/bin18/psql", QUOTED]


def test_a_psql_for_one_command_stops_at_its_first_error() -> None:
    argv = commands.psql(BIN / "psql", WHERE, "select 1; select 2")
    assert argv == ["/bin18/psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command=select 1; select 2", QUOTED]


def test_the_plugin_gets_its_arguments_in_the_aws_clis_order() -> None:
    argv = commands.plugin("/bin/plugin", "VARIABLE", '{"Target": "i"}', "eu-central-1", "", "https://ssm")
    assert argv == ["/bin/plugin", "VARIABLE", "eu-central-1", "StartSession", "", '{"Target": "i"}', "https://ssm"]


@pytest.mark.parametrize(
    "argv",
    [
        commands.dump(BIN / "pg_dump", SERVER.parameters("x"), Path("/d/x")),
        commands.dump_schema(BIN / "pg_dump", SERVER.parameters("x")),
        commands.restore(BIN / "pg_restore", SERVER.parameters("x"), Path("/d/x")),
        commands.psql(BIN / "psql", SERVER.parameters("x"), "select"),
    ],
    ids=lambda argv: Path(argv[0]).name,
)
def test_no_command_line_holds_the_password(argv: list[str]) -> None:
    assert SECRET not in " ".join(argv)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        (
            "\nStarting session with SessionId: a\nPort 25432 opened for sessionId a.\nWaiting for connections...\n",
            25432,
        ),
        ("Port 1 opened for sessionId a.", 1),
        ("", 0),
        ("Starting session with SessionId: a\n", 0),
        ("Unable to start: Port 25432 opened for sessionId a.", 0),
        ("Port 254321 opened for sessionId a.", 0),
    ],
)
def test_the_plugins_line_tells_the_port(text: str, port: int) -> None:
    assert commands.opened_port(text) == port


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("pg_dump (PostgreSQL) 18.6", (18, 6)),
        ("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", (15, 18)),
        ("pg_dump (PostgreSQL) 19beta1", (19,)),
        ("pg_dump (PostgreSQL) 9.6.24", (9, 6, 24)),
        ("1.2.707.0\n", (1, 2, 707, 0)),
        ("/usr/lib/postgresql/17/bin", (17,)),
        ("no number", ()),
    ],
)
def test_the_first_dotted_number_is_the_version(text: str, version: tuple[int, ...]) -> None:
    assert commands.parse_version(text) == version


def test_an_app_command_is_split_as_a_shell_would() -> None:
    assert commands.app("bin/tool 'two words' --x=\"a b\"", {}) == ["bin/tool", "two words", "--x=a b"]


def test_an_app_commands_placeholder_is_filled_in_inside_a_word_too() -> None:
    assert commands.app("tool --do={action} {action}", {"action": "up"}) == ["tool", "--do=up", "up"]


def test_a_value_stays_one_argument_whatever_it_holds() -> None:
    value = "a b; rm -rf $HOME 'x'"
    assert commands.app("tool {file}", {"file": value}) == ["tool", value]


def test_other_braces_are_left_alone() -> None:
    assert commands.app("tool {other} {}", {"action": "up"}) == ["tool", "{other}", "{}"]


def test_an_open_quote_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="quotation"):
        commands.app("tool 'x", {})
