local M = {}
total = 0
function M.add(n)
  last = n
  total = total + n
  return total
end
return M
