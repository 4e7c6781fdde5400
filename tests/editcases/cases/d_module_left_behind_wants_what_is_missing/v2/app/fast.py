import accelerator_that_is_not_installed


def speed() -> int:
    return accelerator_that_is_not_installed.speed()
