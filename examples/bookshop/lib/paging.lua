local paging = {}

-- Which page of a list is shown, and the links to its neighbours (RFC 8288).
function paging.page(total, query, path)
  local per_page = query.per_page
  local last = math.max(1, math.ceil(total / per_page))
  local page = math.min(query.page, last)
  local links = {}
  local function link(number, rel)
    local target = ("%s?page=%d&per_page=%d"):format(path, number, per_page)
    links[#links + 1] = ('<%s>; rel="%s"'):format(target, rel)
  end
  if page > 1 then link(page - 1, "prev") end
  if page < last then link(page + 1, "next") end
  return { page = page, pages = last, offset = (page - 1) * per_page, link = table.concat(links, ", ") }
end

return paging
