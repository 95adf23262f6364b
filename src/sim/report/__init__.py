"""One HTML file from a result folder: what was asked, what came out, how sure, and what it rests on."""

from sim.report.writing import write_report

__all__ = ["write_report"]
