"""How a community is made from published statistics: profile, people, ties, outcomes, check."""
