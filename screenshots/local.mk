# Pictures of the views, made from golden grids.
