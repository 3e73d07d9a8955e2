local ok, message = pcall(require, "lib.cycle_a")
return { ok = ok, message = message }
