from app import Retry
Retry.stamp = "user"
def hook(self):
    return "hook"
Retry.hook = hook
