from app import T
KEYS = T
