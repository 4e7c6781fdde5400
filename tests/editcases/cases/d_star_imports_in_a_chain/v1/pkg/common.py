from pkg.settings import *
