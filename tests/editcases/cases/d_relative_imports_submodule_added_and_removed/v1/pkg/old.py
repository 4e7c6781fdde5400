def x(): return "old"
