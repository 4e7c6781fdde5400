from pkg.common import *
from pkg.other import *
