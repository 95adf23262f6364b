"""NetworKit called safely: the same answer on any number of threads, stops that are heeded, settings left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import networkit
import numpy as np
import pytest

from sim.community.toolkit import graph_of, run

RING = (np.arange(12), np.roll(np.arange(12), 1))

ANSWERS = """
import hashlib
import numpy as np
from sim.community import centrality
from sim.rng import Draws
ends = np.random.default_rng(1).integers(0, 600, (2, 3000))
pairs = np.unique(np.sort(ends[:, ends[0] != ends[1]], axis=0), axis=1)
rows, others = np.concatenate([pairs, pairs[::-1]], axis=1)
order = np.lexsort((others, rows))
first = np.searchsorted(rows[order], np.arange(601))
links = centrality.Links(first, others[order].astype(np.int32))
luck = Draws(1).stream("test").uniform(np.arange(600, dtype=np.uint64))
answers = lambda: {
    "exact": centrality.betweenness(links, Draws(1).stream("test")),
    "paths": centrality.betweenness(links, Draws(1).stream("test"), paths=500),
    "eigenvector": centrality.eigenvector(links),
    "communities": centrality.communities(links, luck),
}
print({name: hashlib.sha256(values.tobytes()).hexdigest() for name, values in answers().items()})
"""

OTHER_SETTINGS = """
import networkit
networkit.setNumberOfThreads(2)
networkit.setSeed(99, True)
networkit.engineering.setLogLevel("ERROR")
print({name: hashlib.sha256(values.tobytes()).hexdigest() for name, values in answers().items()})
"""

FORKED = """
import os
import numpy as np
import networkit
from sim.community.toolkit import graph_of, run
graph = graph_of(np.arange(999), np.arange(1, 1000), 1000)
networkit.setNumberOfThreads(2)
networkit.centrality.Betweenness(graph).run()  # leaves threads behind, which a child does not have
child = os.fork()
if not child:
    run(lambda: networkit.centrality.Betweenness(graph))
    run(lambda: networkit.community.ParallelLeiden(graph, randomize=False))
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def fresh(program, *words, **variables):
    """Return what a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *words],
        env={**os.environ, **variables}, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert not done.stderr
    return done.stdout


def test_the_answer_is_the_same_with_one_thread_and_with_several_and_nothing_else_is_printed(capfd):
    exec(ANSWERS, {})
    assert fresh(ANSWERS + OTHER_SETTINGS, OMP_NUM_THREADS="4") == 2 * "".join(capfd.readouterr())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_of_a_process_that_used_threads_is_answered():
    assert fresh(FORKED) == "7\n"


def test_the_number_of_threads_is_one_while_it_runs_and_as_before_afterwards():
    before = networkit.getMaxNumberOfThreads()
    seen = []

    class Algorithm:
        def run(self):
            seen.append(networkit.getMaxNumberOfThreads())
            return self

    networkit.setNumberOfThreads(3)
    try:
        run(Algorithm)
        assert (seen, networkit.getMaxNumberOfThreads()) == ([1], 3)
        with pytest.raises(TypeError):
            run(lambda: 1 + "")
        assert networkit.getMaxNumberOfThreads() == 3
    finally:
        networkit.setNumberOfThreads(before)


def test_a_stop_while_it_runs_is_a_stop():
    generator = np.random.default_rng(1)
    graph = graph_of(generator.integers(0, 9000, 60_000), generator.integers(0, 9000, 60_000), 9000)

    def stop():
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    stopper = threading.Thread(target=stop)
    stopper.start()
    started = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        run(lambda: networkit.centrality.Betweenness(graph))
    stopper.join()
    assert time.perf_counter() - started < 15  # to the end it would be half a minute
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_stop_that_a_process_ignores_changes_nothing():
    graph, asked = graph_of(*RING, 12), []

    def make():
        asked.append(1)
        if len(asked) == 1:
            raise RuntimeError("Received CTRL+C/SIGINT")  # what NetworKit makes of a stop
        return networkit.centrality.Betweenness(graph)

    expected = run(lambda: networkit.centrality.Betweenness(graph)).scores()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert run(make).scores() == expected
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(asked) == 2


def test_other_errors_are_not_hidden():
    def make():
        raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        run(make)


def test_what_the_toolkit_is_imported_without_can_be_imported_afterwards():
    """In a process of its own, as packages stay imported: what was hidden is to be had again, NetworKit works."""
    code = (
        "import sys; from sim.community.toolkit import graph_of, run, toolkit; import numpy as np\n"
        "graph = graph_of(np.array([0, 1]), np.array([1, 2]), 3)\n"
        "assert toolkit() is sys.modules['networkit'] and graph.numberOfEdges() == 2\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "import networkx, matplotlib.pyplot; assert networkx.path_graph(3) and matplotlib.pyplot.figure"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
