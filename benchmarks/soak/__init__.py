"""The soak: many clients, many upgrades, and a count of what went missing. Run it with `scripts/soak`."""
