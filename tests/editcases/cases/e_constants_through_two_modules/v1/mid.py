import re
import cfg
from cfg import VERSION, WORDS
AGENT = f"lib/{VERSION}"
PATTERN = re.compile("|".join(WORDS))
TABLE = {w: i for i, w in enumerate(cfg.WORDS)}
MAJOR, MINOR, MICRO = (int(x) for x in VERSION.split("."))
INDEX = {}
for i, w in enumerate(WORDS):
    INDEX[w] = i
del i, w
