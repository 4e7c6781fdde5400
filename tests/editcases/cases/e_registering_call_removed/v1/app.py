import reg
from reg import adapter, template


class Small:
    pass


class Large:
    pass


adapter(Small)
adapter(Large)
template("hello", "hello you")
template(
    name="bye",
    text="bye",
)
template("old", "old")


def known():
    return [type(one).__name__ for one in vars(reg)["ADAPT" + "ERS"]], dict(vars(reg)["TEMPL" + "ATES"])
