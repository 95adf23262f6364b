"""Communities from whole-network surveys: files in many forms read as people and nominations, and joined to ties."""

from sim.community.survey.source import SurveySource
from sim.community.survey.spec import Combine, Relation, Score

__all__ = ["Combine", "Relation", "Score", "SurveySource"]
