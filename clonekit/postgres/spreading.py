"""Connections to one local port, spread evenly over several tunnels to the same server; a process of its own.

libpq can choose among ports too (`load_balance_hosts=random`), but by lot: of sixteen connections four or five then
share one of eight sessions, and the dump takes as long as those.
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from clonekit.errors import TunnelError
from clonekit.interrupts import held

_HOST = "127.0.0.1"
_PIECE = 1 << 16


@contextmanager
def spread(ports: Sequence[int]) -> Iterator[int]:
    """Yield a local port whose connections each go to that of `ports` which has the fewest."""
    argv = [sys.executable, "-m", "clonekit.postgres.spreading", *map(str, ports)]
    with held():
        child = subprocess.Popen(
            argv,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
    with child:
        try:
            said = child.stdout.readline() if child.stdout else b""
            if not said:
                raise TunnelError("What spreads connections over the SSM sessions did not start. Set ssm.sessions: 1")
            yield int(said)
        finally:
            child.kill()


async def _serve(ports: list[int]) -> None:
    """Print the port and spread its connections until standard input ends, as it does with whoever started us."""
    used = Counter[int]()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = min(ports, key=lambda each: used[each])
        used[port] += 1
        with suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection(_HOST, port)
            await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
            there_writer.close()
        used[port] -= 1
        writer.close()

    server = await asyncio.start_server(forward, _HOST, 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.buffer.read)
    os._exit(0)  # asyncio's own way to an end prints the connections it cancels as errors (Python 3.11)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until there is no more, then say so; a broken connection ends this way and lets the other one go on."""
    with suppress(OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    with suppress(OSError):
        writer.write_eof()


if __name__ == "__main__":
    asyncio.run(_serve([int(port) for port in sys.argv[1:]]))
