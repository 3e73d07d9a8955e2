local sorting = {}

-- Sorts by `title` or, downwards, `-title`.
function sorting.by(list, key)
  local down = key:sub(1, 1) == "-"
  local field = down and key:sub(2) or key
  table.sort(list, function(a, b)
    if a[field] == b[field] then return a.id < b.id end
    if down then a, b = b, a end
    return a[field] < b[field]
  end)
  return list
end

return sorting
