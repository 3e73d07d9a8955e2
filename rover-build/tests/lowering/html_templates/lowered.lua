-- A template that is returned is rendered into the response: its Lua (`pages.lua`) is given
-- the data's fields as arguments, or the data.
local api = rover.server {}
local page = __rover.template(10)

function __rover.component.badge(__page, props) --[[budget]] 
  return (__rover.into(__page, __rover.renders[1](__page or __rover.open(), __rover.data(props))))
end

-- Data as arguments.
function api.fires.list.get(ctx) --[[budget]] 
  local rows = { { name = "a" } }
  return (__rover.page(0, __rover.renders[3](__rover.open(), __rover.query("title"), rows, 1)))






end

-- Data as a table.
function api.fires.table.get(ctx) --[[budget]] 
  local data = { title = 1 }
  return (__rover.with_header((__rover.page(203, __rover.renders[4](__rover.open(), __rover.page_data(data)))), "a", "b"))
end

function api.fires.whole.get(ctx) --[[budget]]  return (__rover.page(0, __rover.renders[5](__rover.open(), __rover.page_data({ a = 1 })))) end
function api.fires.file.get(ctx) --[[budget]]  return (__rover.page(0, __rover.renders[11](__rover.open(), (tostring(1))))) end

-- Not returned at once.
function api.stays.later.get(ctx) --[[budget]] 
  local answer = (api.html { a = 1 } (__rover.template(6))
)
  answer:status(201)
  return answer
end

-- The name of a template is another one's, too; a value is rendered where it is used.
local kept = page
function api.stays.kept.get(ctx) --[[budget]] 
  local text = [[<p>{{ title }}</p>]]
  return (__rover.reply(1, tostring(kept { title = 1 }), ((__rover.value(__rover.renders[9](__rover.open(), 2))))))
end

return api
