import app, user
go = user.go
swap()
assert go() == "me>x!"
