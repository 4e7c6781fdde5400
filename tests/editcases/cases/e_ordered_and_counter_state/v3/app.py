from collections import Counter, OrderedDict, defaultdict, deque
LRU = OrderedDict()
HITS = Counter()
BY = defaultdict(list)
LAST = deque(maxlen=3)
def use(k): return "v3"
use("x")
LRU["bad"] = 1
LRU.clear()
LAST.clear()
1 / 0
