-- Answers of every kind.
local api = rover.server { title = "Answers", version = "1" }
local g = rover.guard

-- Statuses that have no content, whatever is given them.
function api.empty.p_id.get(ctx)
  local id = ctx:params().id
  if id == "1" then return api.text("never"):status(205) end
  if id == "2" then return api.json:status(304, { a = 1 }) end
  return api.json({ a = 1 }):status(204)
end

-- HEAD has no content; it has the headers.
function api.empty.p_id.head() return api.text("x"):header("X-Size", "1") end

-- A list by index, of what a function gives.
local function view(n) return { id = n, name = "n" .. n } end
function api.lists.get()
  local first, second, third, holes = {}, {}, {}, {}
  for i = 1, 3 do first[i] = view(i) end
  for i, n in ipairs({ 5, 6 }) do second[i] = tostring(n) end
  for i = 1, 3 do table.insert(third, view(i)) end
  for i = 1, 3 do if i > 1 then holes[i] = i end end
  table.sort(second)
  return { first = first, second = second, third = third, holes = holes }
end

-- Statuses that are chosen.
function api.chosen.get(ctx)
  local status = ctx.path == "/" and 403 or 404
  return api.error(status, "No")
end

-- Headers, some of them always; content types and cookies by statements.
function api.headers.get(ctx)
  local response = api.text("a,b")
  response:header("Content-Type", "text/csv; charset=utf-8"):header("Cache-Control", "no-store")
  response:cookie("seen", "1")
  if ctx.path == "/x" then return api.text("plain"):header("Cache-Control", "no-cache") end
  return response
end
function api.changed.get(ctx)
  local response = api.text("a")
  if ctx.path == "/x" then response:status(202) end
  return response
end

-- Messages that are tables, numbers, or unknown.
function api.messages.get(ctx)
  if ctx.path == "1" then return api.error(409, { field = "x", taken = true }) end
  if ctx.path == "2" then return api.error(410, 7) end
  return api.error(422, ctx:get("problem"))
end

local KIND = "application/pdf"
function api.file.get() return api.bytes("%PDF", KIND) end
function api.there.get() return api.redirect:status(307, "/file") end

-- JSON, and forms of both kinds.
function api.forms.post(ctx)
  local book = ctx:body():expect { title = g:string():required(), tags = g:array(g:string()) }
  return api.json:status(201, book)
end

-- `on_error` answers by itself what it chooses a status for.
function api.on_error(ctx, err)
  if type(err) == "table" and err.errors then return api.json:status(422, { wrong = err.errors }) end
  if type(err) ~= "table" then return api.json:status(500, { error = "broken", id = ctx.request_id }) end
  return { error = err.message }
end

-- What the library gives: its types are the vocabulary's.
function api.library.get(ctx)
  local text = ctx.path
  return {
    environment = os.getenv "X", place = text:find("x"), bits = bit.bor(1, 2), sine = math.sin(1),
    json = rover.json.encode { 1 }, captured = text:match "x", same = rawequal(1, 2),
  }
end
-- The last item of a list may be several.
function api.library.all.get(ctx) return { pcall(error, "x") } end
function api.library.first.get(ctx) return { (pcall(error, "x")) } end

-- A loop gives a list's elements.
function api.items.get(ctx)
  local asked = ctx:query():expect { words = rover.guard:array(rover.guard:string()):default {} }
  local found = {}
  for at, word in ipairs(asked.words) do
    found[#found + 1] = { at = at, word = word, length = #word }
  end
  return { found = found }
end

return api
