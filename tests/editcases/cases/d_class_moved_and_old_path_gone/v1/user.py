from pkg.a import C
from pkg import b
made = C()
