import reg
from reg import adapter, template


class Small:
    pass


class Middle:
    pass


adapter(Middle)
adapter(Small)
template("hello", "hello dear")
template(
    name="new",
    text="new",
)


def known():
    return [type(one).__name__ for one in vars(reg)["ADAPT" + "ERS"]], dict(vars(reg)["TEMPL" + "ATES"])
