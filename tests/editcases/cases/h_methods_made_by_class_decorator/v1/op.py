import ops
from proxies import Operations

Operations.show_in(globals())
current = Operations()
