"""Put on PYTHONPATH by the tests: no Python process that they start may talk to anything but this machine."""

import os
import sys
from pathlib import Path


def _refuse_the_world(event: str, args: tuple) -> None:
    if event == "socket.connect":
        address = args[1]
    elif event == "socket.getaddrinfo":
        address = (args[0],)
    else:
        return
    if not isinstance(address, tuple) or not address:
        return  # a Unix socket
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0] or "localhost")
    if host.startswith("127.") or host in {"localhost", "::1", "0.0.0.0", "::", os.uname().nodename}:
        return
    if log := os.environ.get("LOOPBACK_LOG"):
        with Path(log).open("a") as file:
            file.write(f"{event} {host} {' '.join(sys.argv)[:200]}\n")
    raise PermissionError(f"tests talk to this machine only, not to {host}")


sys.addaudithook(_refuse_the_world)
