import actions
import app
for release in ("v2", "v1", "v2"):
    before = actions.fitted(lambda at, token: (at, token))  # tried for the first time in the next release
    swap(release)
    assert actions.version() == int(release[1])
    assert app.TABLE["last"]("abc", 1, "b") == "b" and app.TABLE["all"]("abc", 1, "b") == ("abc", 1, "b")
    assert before("abc", 1, "b") == (1, "b"), "its call was not known in the traceback"
    assert actions.fitted(lambda at, token: (at, token))("abc", 1, "b") == (1, "b")
    wrong = actions.fitted(lambda text, at, token: text + at)
    try:
        wrong("abc", 1, "b")
    except TypeError as error:
        assert "str" in str(error)
    else:
        raise AssertionError("an error of the action itself was swallowed")
