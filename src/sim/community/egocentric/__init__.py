"""Communities grown from egocentric surveys: respondents, the people they named, and who of these know each other."""

from sim.community.egocentric.source import EgocentricSource

__all__ = ["EgocentricSource"]
