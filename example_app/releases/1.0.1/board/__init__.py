"""A shared wall: people pin notes, clap, and watch each other's counters go on."""

__version__ = "1.0.1"
