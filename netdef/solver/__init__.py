"""Solvers: learning-rate policies, update rules, the training loop and its snapshots."""
