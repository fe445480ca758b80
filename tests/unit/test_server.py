"""A server's address in its many forms, none of which shows the password by accident."""

from urllib.parse import unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from clonekit.postgres.server import Server, without_pg_variables

SECRET = "p@ss:w/rd"
SERVER = Server("db.example", 6543, "ann", SECRET, hostaddr="127.0.0.1", sslmode="require")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def test_its_text_is_its_address_only() -> None:
    assert str(SERVER) == "db.example:6543"


def test_its_password_is_not_in_its_representation() -> None:
    assert SECRET not in repr(SERVER)


def test_its_parameters_lack_the_password() -> None:
    assert SECRET not in SERVER.parameters("x").values()


def test_its_parameters_name_the_database_and_both_hosts() -> None:
    expected = {"host": "db.example", "hostaddr": "127.0.0.1", "port": 6543, "user": "ann", "dbname": "x"}
    assert expected.items() <= SERVER.parameters("x").items()


def test_its_parameters_notice_a_peer_that_vanished() -> None:
    parameters = SERVER.parameters("x")
    assert parameters["keepalives"] == 1
    assert int(parameters["keepalives_idle"]) < 60
    assert int(parameters["connect_timeout"]) > 0


def test_what_it_lacks_is_left_out_of_its_parameters() -> None:
    assert not {"hostaddr", "sslmode"} & Server("h", 1, "u").parameters("x").keys()


def test_its_environment_leads_libpq_to_the_database() -> None:
    assert SERVER.environment("x") == {
        "PGHOST": "db.example",
        "PGHOSTADDR": "127.0.0.1",
        "PGPORT": "6543",
        "PGUSER": "ann",
        "PGDATABASE": "x",
        "PGPASSWORD": SECRET,
        "PGSSLMODE": "require",
        "PGCONNECT_TIMEOUT": "15",
    }


def test_without_a_password_its_environment_has_none() -> None:
    assert "PGPASSWORD" not in Server("h", 1, "u").environment("x")


def test_its_url_leaves_the_password_out() -> None:
    assert SERVER.url("x") == "postgresql://ann@db.example:6543/x"


def test_its_url_has_the_password_escaped_where_asked() -> None:
    assert SERVER.url("x", with_password=True) == "postgresql://ann:p%40ss%3Aw%2Frd@db.example:6543/x"


def test_its_url_has_an_ipv6_host_in_brackets() -> None:
    assert Server("::1", 1, "u").url("x") == "postgresql://u@[::1]:1/x"


@given(TEXT, TEXT, TEXT)
def test_its_url_can_be_taken_apart_again(user: str, password: str, dbname: str) -> None:
    parts = urlsplit(Server("h", 5432, user, password).url(dbname, with_password=True))
    assert (parts.hostname, parts.port, parts.query, parts.fragment) == ("h", 5432, "", "")
    assert (unquote(parts.username or ""), unquote(parts.password or "")) == (user, password)
    assert unquote(parts.path.removeprefix("/")) == dbname


def test_another_user_does_not_inherit_the_password() -> None:
    assert SERVER.as_user("bob").password is None


def test_the_same_user_keeps_the_password() -> None:
    assert SERVER.as_user("ann") is SERVER


def test_variables_that_lead_elsewhere_are_left_out() -> None:
    environ = {"PGSERVICE": "prod", "PGHOSTADDR": "10.0.0.1", "PGDATABASE": "prod", "PGPASSWORD": "x", "PATH": "/bin"}
    assert without_pg_variables(environ) == {"PGPASSWORD": "x", "PATH": "/bin"}
