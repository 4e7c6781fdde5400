from pkg.scalar import scalar

UPLOAD = scalar("upload")
REGISTRY = {"upload": UPLOAD, "json": scalar("json")}
