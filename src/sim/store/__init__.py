"""A result folder: written atomically, read as tables. Knows tables and files, no scenarios and no model."""

from sim.store.fingerprint import Fingerprint, differences, library_versions
from sim.store.folder import ResultFolder
from sim.store.tables import TABLES
from sim.store.unit import BrokenUnitError, StoredUnit, Unit, read_unit, write_unit

__all__ = [
    "TABLES",
    "BrokenUnitError",
    "Fingerprint",
    "ResultFolder",
    "StoredUnit",
    "Unit",
    "differences",
    "library_versions",
    "read_unit",
    "write_unit",
]
