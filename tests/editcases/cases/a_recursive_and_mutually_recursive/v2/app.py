def is_even(n): return "even" if n == 0 else is_odd(n - 1)
def is_odd(n): return "odd" if n == 0 else is_even(n - 1)
even = is_even
def fact(n): return 1.0 if n < 2 else n * fact(n - 1)
