import a_package_that_nobody_has


def f():
    return a_package_that_nobody_has.f()
