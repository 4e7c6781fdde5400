def f(): return 2
raise KeyboardInterrupt
