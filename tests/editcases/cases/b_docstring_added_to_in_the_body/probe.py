import docs

swap()
assert docs.Options.__doc__ == "Options.two" and docs.Main.__doc__ == "The main.two"
