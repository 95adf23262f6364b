"""What happens in a community: one module a mechanism, each a frozen dataclass of its parameters."""

from sim.mechanisms.contact import Contact
from sim.mechanisms.disclosure import Disclosure
from sim.mechanisms.engagement import Engagement
from sim.mechanisms.influence import Influence
from sim.mechanisms.loneliness import Loneliness
from sim.mechanisms.self_stigma import SelfStigma
from sim.mechanisms.ties import ChangingTies
from sim.mechanisms.word_of_mouth import WordOfMouth

__all__ = [
    "MECHANISMS",
    "ChangingTies",
    "Contact",
    "Disclosure",
    "Engagement",
    "Influence",
    "Loneliness",
    "SelfStigma",
    "WordOfMouth",
    "defaults",
]

MECHANISMS = (Contact, Disclosure, Engagement, Influence, Loneliness, SelfStigma, ChangingTies, WordOfMouth)
"""All mechanisms, in alphabetical order of their names, which is the order in which proposals are added."""

AnyMechanism = Contact | Disclosure | Engagement | Influence | Loneliness | SelfStigma | ChangingTies | WordOfMouth


def defaults() -> tuple[AnyMechanism, ...]:
    """Return every mechanism with its default parameters."""
    return tuple(mechanism() for mechanism in MECHANISMS)
