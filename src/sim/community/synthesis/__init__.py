"""How a community is made from published statistics: profile, people, ties, outcomes, and a check of it all."""
