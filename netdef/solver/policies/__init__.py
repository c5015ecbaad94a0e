"""Learning-rate policies: the rate of every iteration of a run."""

from netdef.solver.policies.policy import Policy as Policy
