"""5 WEIGH: likelihoods, dependence, posterior, consistency; pure."""
