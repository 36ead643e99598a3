"""Match graded AI problems with solver teams, and say why."""

__version__ = "0.1.0"
