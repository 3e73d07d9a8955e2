local paging = {}

-- One page of a list, and the links to its neighbours (RFC 8288).
function paging.page(list, query, path)
  local per_page = query.per_page
  local last = math.max(1, math.ceil(#list / per_page))
  local page = math.min(query.page, last)
  local items = rover.array()
  for at = (page - 1) * per_page + 1, math.min(page * per_page, #list) do
    items[#items + 1] = list[at]
  end
  local links = {}
  local function link(number, rel)
    local target = ("%s?page=%d&per_page=%d"):format(path, number, per_page)
    links[#links + 1] = ('<%s>; rel="%s"'):format(target, rel)
  end
  if page > 1 then link(page - 1, "prev") end
  if page < last then link(page + 1, "next") end
  return { items = items, page = page, pages = last, link = table.concat(links, ", ") }
end

return paging
