from pkg.a import C
