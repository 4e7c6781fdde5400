import sink
def on_event(x): return "v2", x
sink.subscribe(on_event)
def other(): return 2
