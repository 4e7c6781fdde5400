from .urls import URL
from .config import proxy
