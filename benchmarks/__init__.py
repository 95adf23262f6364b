"""Measures the goals of speed; see ``docs/performance.md``. Run with ``python -m benchmarks``."""
