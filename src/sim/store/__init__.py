"""A result folder: written atomically, read as tables. Knows tables and files, no scenarios and no model."""

from sim.store.files import TEMPORARY, temporary
from sim.store.fingerprint import Fingerprint, computed_with, differences, library_versions
from sim.store.folder import ResultFolder
from sim.store.tables import OWN, TABLES
from sim.store.unit import BrokenUnitError, Counting, StoredUnit, Unit, read_unit, write_unit

__all__ = [
    "OWN",
    "TABLES",
    "TEMPORARY",
    "BrokenUnitError",
    "Counting",
    "Fingerprint",
    "ResultFolder",
    "StoredUnit",
    "Unit",
    "computed_with",
    "differences",
    "library_versions",
    "read_unit",
    "temporary",
    "write_unit",
]
