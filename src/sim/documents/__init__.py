"""Documents that are written from the code: tables of ODD.md, docs/evidence.md, and the ODD text of one scenario.

``python -m sim.documents`` rewrites what is generated; a test fails when it is stale.
"""

from sim.documents.evidence_table import evidence_text
from sim.documents.odd import odd_of, odd_text
from sim.documents.writing import stale, write

__all__ = ["evidence_text", "odd_of", "odd_text", "stale", "write"]
