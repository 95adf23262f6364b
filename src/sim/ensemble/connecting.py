"""The way to a Dask cluster that is there already."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import InputError

__all__ = ["MISSING", "check_client", "connected"]

MISSING = "Dask is not installed: pip install -e '.[dask]'"

_TIMEOUT = 10.0
"""Seconds in which a scheduler must answer."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect to a scheduler, and leave it when the block ends.

    Parameters
    ----------
    address
        ``tcp://host:port``, ``host:port``, or the path of a scheduler file (``dask scheduler --scheduler-file``).

    Raises
    ------
    InputError
        When Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(MISSING) from error
    where: dict[str, Any] = {"address": address}
    if address.endswith(".json") or os.sep in address.partition("://")[2] or Path(address).is_file():
        if not Path(address).is_file():
            raise InputError(f"--dask {address}: there is no such scheduler file; an address is like tcp://host:8786")
        where = {"scheduler_file": address}
    # what it says of workers that come and go is for whoever runs the cluster
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(**where, timeout=_TIMEOUT, name="sim", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"--dask {address}: no Dask scheduler answers there ({_first_line(error)})") from error
    try:
        yield client
    finally:
        client.close(timeout=5)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def check_client(client: Any) -> None:
    """Check that a client can be used as it is.

    Raises
    ------
    InputError
        When Dask is not installed, or the client is none, asynchronous, or closed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(MISSING) from error
    if not isinstance(client, Client):
        raise InputError(f"client must be a distributed.Client, not {type(client).__name__}")
    if client.asynchronous:
        raise InputError("client must not be asynchronous: make it without asynchronous=True")
    if client.status != "running":
        raise InputError(f"the Dask client is not connected to a scheduler (it is {client.status})")
