VERSION = "1.0.0"
WORDS = ("a", "b")
