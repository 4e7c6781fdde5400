"""Measurements that hold the middleware to its promises; run one with `python -m benchmarks.NAME`."""
