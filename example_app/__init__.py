"""The example application's releases, and what builds, serves and demonstrates them."""
