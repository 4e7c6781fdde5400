from parts import a

ONE = 1
