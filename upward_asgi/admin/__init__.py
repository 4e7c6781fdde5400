"""The admin API: off until configured, and then only for who holds the token or owns the socket."""

from __future__ import annotations

from .configuration import Admin

__all__ = ["Admin"]
