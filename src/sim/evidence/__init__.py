"""Every number that the model starts from, once, with its source.

The entries stand in the YAML files of this package, one mapping per file from a dotted name to the entry;
``sources.yaml`` holds the works that they cite. Code takes its defaults from here, and the tables in the
documents and reports are generated from here.
"""

from sim.evidence.library import Entry, Source, entries, entry, field_from, source, value

__all__ = ["Entry", "Source", "entries", "entry", "field_from", "source", "value"]
