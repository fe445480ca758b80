"""What a rehearsal measures, watches and reports; `clonekit.rehearsing` is the recipe."""
