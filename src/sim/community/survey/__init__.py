"""Communities from whole-network surveys: files in many forms read as people and nominations, and joined to ties."""

from sim.community.survey.graph_source import GraphSource
from sim.community.survey.source import SurveySource
from sim.community.survey.spec import Combine, Memberships, Relation, Score

__all__ = ["Combine", "GraphSource", "Memberships", "Relation", "Score", "SurveySource"]
