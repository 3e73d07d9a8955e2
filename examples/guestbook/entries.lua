-- What people wrote.
local M = {}

local MAX_ENTRIES = 200

local env = rover.env {
  --- Where the entries are kept.
  DATABASE_URL = rover.guard:string():default("sqlite:guestbook.db"),
}
local db = rover.db(env.DATABASE_URL, { migrations = "migrations" })

local function trimmed(value) return (value or ""):match("^%s*(.-)%s*$") end

-- All entries, or those with the text `search`; the newest first where nothing else is wanted.
function M.find(search, oldest_first)
  local values = { search = search, oldest_first = oldest_first }
  return db:all([[
    select id, name, message, website, colour from entries
    where :search is null or instr(lower(name || char(10) || message), lower(:search)) > 0
    order by case when :oldest_first then id else -id end
  ]], values)
end

function M.by_id(id)
  return db:one("select id, name, message, website, colour from entries where id = $1", id)
end

-- Who was here, the last one first.
function M.names()
  local names = {}
  for row in db:each "select name from entries order by id desc" do names[#names + 1] = row.name end
  return names
end

-- The new entry's number, or nil and a message for each field.
function M.add(values)
  local entry = {
    name = trimmed(values.name), message = trimmed(values.message),
    website = trimmed(values.website), colour = trimmed(values.colour),
  }
  local errors = {}
  if entry.name == "" then errors.name = "Please write your name." end
  if #entry.name > 200 then errors.name = "A shorter name, please." end
  if entry.message == "" then errors.message = "Please write something." end
  if next(errors) then return nil, errors end
  -- The oldest entry goes in the same moment: nobody sees one too many.
  return db:transaction(function(tx)
    local added = tx:insert("entries", entry)
    tx:exec("delete from entries where id <= (select id from entries order by id desc limit 1 offset $1)", MAX_ENTRIES)
    return added.last_id
  end)
end

return M
