"""Adapters that know where a framework keeps its sessions' state, one module per framework."""
