from ... pkg import MAX
