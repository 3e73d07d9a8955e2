-- What people wrote, newest first.
local M = {}

local MAX_ENTRIES = 200
local all = {
  { id = "1", name = "Ada", message = "The first greeting.\nIt has two lines.", website = "https://example.org/", colour = "teal" },
}
local next_id = 2

local function trimmed(value) return (value or ""):match("^%s*(.-)%s*$") end

function M.find(search, oldest_first)
  local found = {}
  for i = 1, #all do
    local e = all[oldest_first and #all + 1 - i or i]
    local text = (e.name .. "\n" .. e.message):lower()
    if not search or text:find(search:lower(), 1, true) then found[#found + 1] = e end
  end
  return found
end

function M.by_id(id)
  for _, e in ipairs(all) do
    if e.id == id then return e end
  end
end

function M.names()
  local names = {}
  for i, e in ipairs(all) do names[i] = e.name end
  return names
end

-- The new entry, or nil and a message for each field.
function M.add(values)
  local entry = {
    id = tostring(next_id), name = trimmed(values.name), message = trimmed(values.message),
    website = trimmed(values.website), colour = trimmed(values.colour),
  }
  local errors = {}
  if entry.name == "" then errors.name = "Please write your name." end
  if #entry.name > 200 then errors.name = "A shorter name, please." end
  if entry.message == "" then errors.message = "Please write something." end
  if next(errors) then return nil, errors end
  next_id = next_id + 1
  table.insert(all, 1, entry)
  all[MAX_ENTRIES + 1] = nil
  return entry
end

return M
