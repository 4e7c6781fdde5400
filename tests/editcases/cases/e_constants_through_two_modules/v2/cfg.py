VERSION = "1.0.1"
WORDS = ("a", "b", "c")
