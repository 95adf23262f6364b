"""One HTML file from a result folder: what was asked, what came out, how sure, and what it rests on."""

from sim.report.writing import why_no_network, write_report

__all__ = ["why_no_network", "write_report"]
