from lib.tools import *
