import os
import subprocess
import sys

import pytest

from sim.errors import InputError
from sim.store.files import process_is_alive, remove_leftovers, temporary, write_text
from sim.store.lock import locked


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def fail_halfway():
        with temporary(path) as name:
            name.write_text("half")
            assert path.read_text() == "old"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(InputError, match=r"missing/a\.txt: cannot be written: there is no such file"):
        write_text(tmp_path / "missing/a.txt", "x")


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_only_what_nobody_writes_any_more_is_removed(tmp_path):
    living = os.getppid()
    kept = [tmp_path / f".a.parquet.{living}-0123abcd.part", tmp_path / ".mine.part", tmp_path / "a.parquet"]
    gone = [tmp_path / f".a.parquet.{dead_process()}-0123abcd.part", tmp_path / f".b.{os.getpid()}-00.part"]
    for path in kept + gone:
        path.touch()
    assert remove_leftovers(tmp_path) == 2
    assert sorted(tmp_path.iterdir()) == sorted(kept)
    os.utime(kept[0], (0, 0))  # hours old: its writer's number belongs to another process by now
    assert remove_leftovers(tmp_path) == 1


def test_processes_are_told_apart():
    assert process_is_alive(os.getpid())
    assert not process_is_alive(dead_process())


def test_one_holder_at_a_time_and_nothing_is_left(tmp_path):
    with locked(tmp_path), pytest.raises(InputError, match="in use by process"), locked(tmp_path):
        raise AssertionError("held twice")
    assert not list(tmp_path.iterdir())
    with locked(tmp_path):
        pass


def test_a_lock_whose_holder_died_is_taken_over(tmp_path):
    program = "import os, sys; from pathlib import Path; from sim.store.lock import locked\n"
    program += "with locked(Path(sys.argv[1])): os._exit(9)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=environment, check=False)
    assert (tmp_path / ".lock").read_text()
    with locked(tmp_path):
        pass
    assert not (tmp_path / ".lock").exists()


@pytest.mark.parametrize(("holder", "free"), [
    ('{"process": %d, "host": "%s"}', False), ('{"process": 0, "host": "%s"}', True), ("", True),
    ('{"process": %d, "host": "elsewhere"}', False),
])  # fmt: skip
def test_without_locks_of_the_system_the_number_of_the_process_decides(tmp_path, monkeypatch, holder, free):
    import socket

    from sim.store import lock

    monkeypatch.setattr(lock, "_lock", lambda handle: False)
    number = os.getppid() if not free else dead_process()
    text = holder.replace("%d", str(number)).replace('"process": 0', f'"process": {number}')
    (tmp_path / ".lock").write_text(text.replace("%s", socket.gethostname()))
    if free:
        with locked(tmp_path):
            pass
        assert not (tmp_path / ".lock").exists()
    else:
        with pytest.raises(InputError, match="if that run is no more, delete"), locked(tmp_path):
            raise AssertionError("held twice")
        assert (tmp_path / ".lock").exists()
