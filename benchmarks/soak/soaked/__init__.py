"""The application of the soak, as its base has it; `benchmarks.soak.releases` makes the others of it."""

__version__ = "1.0.0"
