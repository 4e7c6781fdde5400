from pkg.b import C
from pkg import b
made = C()
