def speed(): return "fast"
