
import sub
s = sub.s
swap()
assert s.hello() == "hello sub"
s.name = "z"; assert s.hello() == "hello z"
