def helper(): return "helper"
