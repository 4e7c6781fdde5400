"""Prefect's server, as `prefect server start` sets it up."""

from prefect.server.api.server import create_app

app = create_app()
