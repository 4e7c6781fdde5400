import sink
def on_event(x): return "v1", x
sink.subscribe(on_event)
def other(): return 1
