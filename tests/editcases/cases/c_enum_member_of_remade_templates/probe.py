import app
import styles
plain, loud = styles.Style.PLAIN, styles.Style.LOUD
for _ in range(2):
    swap("v2")
    quiet = styles.Style.QUIET
    assert [m.name for m in styles.Style] == ["PLAIN", "QUIET", "LOUD"] and [m.value for m in styles.Style] == [1, 2, 3]

    assert set(app.templates) == {"plain", "quiet", "loud"} and app.templates["quiet"].style is quiet
    assert app.render("quiet", "A") == "a" and app.BY_STYLE[quiet] == [app.templates["quiet"]]
    del quiet
    swap("v1")
    assert list(styles.Style) == [plain, loud] and not hasattr(styles.Style, "QUIET")
    assert set(app.templates) == {"plain", "loud"} and app.templates["loud"].style is loud is styles.Style(2)
    assert not hasattr(app, "BY_STYLE") and not hasattr(app, "DEFAULT")
    assert app.render("plain", "Aa") == "Aa" and app.render("loud", "Aa") == "AA"
swap("v2")
held = app.templates["quiet"]  # now something that is no part of the release has one
assert refused("v1"), "a member that an object in use holds was removed"
assert held.style is styles.Style.QUIET is app.templates["quiet"].style and app.render("quiet", "A") == "a"
assert set(app.templates) == {"plain", "quiet", "loud"} and app.BY_STYLE[held.style] == [held]
