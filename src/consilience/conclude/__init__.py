"""6 CONCLUDE: attribution as a set, wording, confidence, counts: findings."""
