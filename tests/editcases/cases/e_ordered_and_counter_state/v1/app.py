from collections import Counter, OrderedDict, defaultdict, deque
LRU = OrderedDict()
HITS = Counter()
BY = defaultdict(list)
LAST = deque(maxlen=3)
def use(k):
    LRU[k] = 1
    LRU.move_to_end(k, last=False)
    HITS[k] += 1
    BY[k].append(1)
    LAST.append(k)
    return "v1"
