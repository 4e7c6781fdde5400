from pkg.b import C
