import there_is_no_such_distribution
def f(): return 2
