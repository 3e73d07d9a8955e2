local g = rover.guard
local M = {}
M.TITLE = g:string():required("A title, please"):len(1, 80)
M.tag = { type = "string", pattern = "^[%a\\]+$" }
M.tags = g:array(M.tag):max(3):default {}
M.book = g:object { title = M.TITLE, price = g:number():min(0.5):max(1e3), tags = M.tags }
return M
