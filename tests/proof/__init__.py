"""Proof that nothing is lost and nothing said twice: simulation, mutants, a checker."""
