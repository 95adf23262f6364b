"""Who there is and how they are connected.

>>> from sim import community
>>> town = community.from_networkx(graph)
>>> town.to_networkx()
"""

from sim.community.community import Community
from sim.community.graphs import from_networkx

__all__ = ["Community", "from_networkx"]
