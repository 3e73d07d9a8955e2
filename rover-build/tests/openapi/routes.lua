local api = rover.server { title = "Everything", version = "3" }

-- ---- Things ----

--- All things.
--
-- Sorted by `name`:
--
-- - first
-- - second
-- @tag things
-- @tag lists
-- @param ctx no annotation of ours
function api.things.get(ctx)
  local query = ctx:query()
  local session = ctx:cookies().session
  if not session then return api.error(401, "Log in first") end
  local things = {}
  for i = 1, 10 do things[#things + 1] = { id = i, name = "Thing " .. i, ["in"] = query.place } end
  return { things = things, page = tonumber(query.page), language = ctx:headers()["Accept-Language"] }
end

local function missing(what) return api.error(404, "No such " .. what) end

--- One thing.
-- @tag things
-- @deprecated
function api.things.p_id.get(ctx)
  local id = tonumber(ctx:params().id)
  if not id then return api.error(400, "id is a number") end
  if id > 10 then return missing("thing") end
  if id > 5 then return api.redirect:status(303, "/things/5") end
  return api.json { id = id, half = id / 2, odd = id % 2 == 1, nothing = rover.null, tags = { "a", "b" } }
end

-- Not for the document: two dashes only.
function api.things.p_id.put(ctx)
  local thing = ctx:body():json()
  if thing.broken then error("broken") end
  return api.json:status(201, { id = ctx:params().id, thing = thing }):header("Location", "/things/1")
end

function api.things.p_id.delete() return api.no_content() end

--- Uploads a file.
function api.files.rest_path.post(ctx)
  local form = ctx:body():form()
  if not form.file then return end
  return api.bytes(form.file.data, "image/png")
end

-- Both a segment and the rest of a path.
function api.files.p_name.get(ctx) return ctx:params().name end
function api.files.rest_path.get(ctx) return api.html("<p>" .. ctx:params().path) end

api["a b"].get = function() return 1 end
api.a_b.get = function() return true end

--- Described where it is written.
local function shared(ctx) return { method = ctx.method } end
api.shared = { get = shared, post = shared }

function api.unseen.get(ctx)
  local responses = { api.text "a", api.text "b" }
  return (rawget(responses, 1))
end

function api.maybe.get(ctx)
  if ctx.path == "/" then
    return "root"
  elseif ctx.method == "GET" then
    return nil
  end
end

-- What guards check.
local g = rover.guard
local NOTE = g:object {
  text = g:string():required():len(1, 200),
  kind = g:string():enum { "idea", "task" }:default "idea",
  code = g:string():pattern("^%u%u%d+$"),
  weight = g:number():min(0):max(1.5):nullable(),
  tags = g:array(g:string():min(1)):max(5):default {},
  author = { type = "object", schema = { mail = g:string():required():format "email", age = g:integer() } },
}

function api.notes.post(ctx)
  local body = ctx:body()
  local note = body:expect(NOTE)
  return api.json:status(201, note)
end

function api.notes.p_id.put(ctx)
  local id = ctx:params():expect({ id = g:integer():required():min(1) }).id
  local note = rover.guard(ctx:body():json(), NOTE)
  return { id = id, text = note.text, code = note.code, weight = note.weight }
end

function api.likes.post(ctx)
  local like = ctx:body():expect { note = g:integer():required(), stars = g:array(g:integer()):nullable() }
  return api.json:status(201, like)
end

function api.notes.get(ctx)
  local given = ctx:query()
  local query = given:expect { page = g:integer():min(1):default(1), tag = g:array(g:string()) }
  return { page = query.page, tag = query.tag }
end

function api.on_error(ctx, err) return { message = "It broke", id = ctx.request_id } end

return api
