from app import open_it
def go():
    with open_it("x"):
        pass
