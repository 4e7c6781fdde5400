from mid import AGENT, PATTERN, TABLE
import mid
HEADERS = {"User-Agent": AGENT}
def go():
    return AGENT, HEADERS["User-Agent"], bool(PATTERN.match("c")), TABLE.get("c"), mid.MICRO, mid.INDEX.get("c")
