from base import Plugin
class A(Plugin):
    def run(self):
        return "a1"
