"""A production to measure on: pgbench's tables, JSON documents, a vector index, and three hundred small tables."""

import os

from clonekit.postgres import commands, databases, embedded
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from clonekit.processes import run

SMALL_TABLES = 300
_FIXED = 24_000_000  # bytes: the small tables, and what every database has
_SCALE = 15_700_000  # bytes of pgbench's tables and keys for each step of its scale
_DOCUMENT, _VECTOR = 1390, 880  # bytes of one with its part of the indexes
_SHARE_OF_PGBENCH, _SHARE_OF_VECTORS = 0.45, 0.06  # of the rest; what is left are documents

_DOCUMENTS = """
CREATE TABLE document (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant int NOT NULL, body jsonb NOT NULL,
    created_at timestamptz NOT NULL);
INSERT INTO document (tenant, body, created_at)
SELECT g % 50, jsonb_build_object('number', g, 'title', md5(g::text),
        'status', (ARRAY['open', 'paid', 'late'])[1 + g % 3],
        'lines', (SELECT jsonb_agg(jsonb_build_object('item', 'item-' || (g * 7 + l) % 900, 'price', g * l % 9973,
            'text', concat_ws(' ', 'delivered', substr(md5((g + l)::text), 1, 9), 'as agreed', (g + l) % 977)))
            FROM generate_series(1, 2 + g % 9) l)),
    timestamptz '2020-01-01' + g * interval '1 minute'
FROM generate_series(1, {documents}) g;
CREATE INDEX document_status ON document ((body ->> 'status'), created_at);
CREATE INDEX document_tenant ON document (tenant, id);
CREATE INDEX document_body ON document USING gin (body jsonb_path_ops);
COMMENT ON TABLE document IS 'what came in';
"""
_VECTORS = """
CREATE EXTENSION vector;
CREATE TABLE embedding (id int PRIMARY KEY, v vector(96) NOT NULL);
INSERT INTO embedding SELECT g, (SELECT array_agg(sin(g * 12.9898 + i * 78.233)) FROM generate_series(1, 96) i)::vector
FROM generate_series(1, {vectors}) g;
CREATE INDEX embedding_nearest ON embedding USING hnsw (v vector_l2_ops);
"""
_SMALL = """
CREATE TABLE small_{number} (id int PRIMARY KEY, name text NOT NULL UNIQUE, parent int REFERENCES small_{before},
    amount numeric(12, 2) DEFAULT 0 CHECK (amount >= 0));
INSERT INTO small_{number} SELECT g, md5(g::text), NULL, g FROM generate_series(1, 120) g;
CREATE INDEX ON small_{number} (parent);
CREATE VIEW names_{number} AS SELECT id, name FROM small_{number} WHERE amount > {number};
"""


def build(server: Server, client: Client, name: str, size: int) -> None:
    """Make a database of about so many bytes."""
    rest = max(0, size - _FIXED)
    scale = max(1, round(rest * _SHARE_OF_PGBENCH / _SCALE))
    vectors = int(rest * _SHARE_OF_VECTORS / _VECTOR)
    documents = int(rest * (1 - _SHARE_OF_PGBENCH - _SHARE_OF_VECTORS) / _DOCUMENT)
    databases.create(server, name)
    environ = {**os.environ, **server.environment(name)}
    _succeed([str(embedded.binaries() / "pgbench"), "-i", "-I", "dtGpf", "-s", str(scale), "-q"], environ)
    small = "".join(_SMALL.format(number=number, before=max(0, number - 1)) for number in range(SMALL_TABLES))
    script = f"SET maintenance_work_mem = '1GB'; {_DOCUMENTS.format(documents=documents)}"
    script += f"{_VECTORS.format(vectors=vectors)}{small}ANALYZE;"
    _succeed(commands.psql_script(client.program("psql"), server.parameters(name)), environ, script)


def _succeed(argv: list[str], environ: dict[str, str], given: str = "") -> None:
    done = run(argv, environ, stdin=given)
    if done.code:
        raise RuntimeError(done.stderr[-500:])
