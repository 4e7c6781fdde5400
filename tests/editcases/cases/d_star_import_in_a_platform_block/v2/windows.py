raise ImportError("never here")
