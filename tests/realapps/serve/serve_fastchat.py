"""FastChat's API server and its controller in one process; no model worker is registered."""

from fastchat.serve import controller, openai_api_server
from starlette.applications import Starlette
from starlette.routing import Mount

controller.controller = controller.Controller("shortest_queue")

app = Starlette(routes=[Mount("/controller", controller.app), Mount("/", openai_api_server.app)])
