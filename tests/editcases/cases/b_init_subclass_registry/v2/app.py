from base import Plugin
class A(Plugin):
    def run(self):
        return "a2"
class B(Plugin):
    def run(self):
        return "b2"
