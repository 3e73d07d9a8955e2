-- What a request tries to leave to the next one on its worker.
local api = rover.server { workers = 1 }

local kept = {}
local node = api.kept
local schema = rover.guard:string()
local page = rover.html { name = "x" } [[<b>{{ name }}</b>]]
function rover.html.card(props) return rover.html(props) [[<i>{{ title }}</i>]] end

-- The ways to write into a table.
local ways = {
  assign = function(t) t.planted = 1 end,
  assign_index = function(t) t[1] = 1 end,
  rawset = function(t) rawset(t, "planted", 1) end,
  insert = function(t) table.insert(t, 1) end,
  insert_at = function(t) table.insert(t, 1, 1) end,
  setmetatable = function(t) setmetatable(t, { __index = { planted = 1 } }) end,
  metatable_by_debug = function(t) debug.getmetatable(t).__index = { planted = 1 } end,
  metatable = function(t) getmetatable(t).__index = { planted = 1 } end,
  metatable_raw = function(t) rawset(getmetatable(t), "__index", { planted = 1 }) end,
  metatable_insert = function(t) table.insert(getmetatable(t), 1) end,
  index_of_index = function(t) t.__index.planted = 1 end,
  move = function(t) table.move({ 1 }, 1, 1, 1, t) end,
  walk = function(t)
    for key, value in pairs(t) do
      if type(value) == "table" then value.planted = 1 end
      t[key] = 1
    end
    error "nothing was written"
  end,
  array = function(t)
    rover.array(t)
    error "it is no table of the program's"
  end,
  function_environment = function(t)
    for _, value in pairs(t) do
      if type(value) == "function" then setfenv(value, {}) end
    end
    error "nothing was written"
  end,
}

-- What every request has, and none may write.
local function shared()
  return {
    rover = rover, log = rover.log, json = rover.json, guard = rover.guard, components = rover.html,
    string = string, table = table, math = math, bit = bit, coroutine = coroutine, os = os, io = io,
    debug = debug, package = package, loaded = package.loaded, preload = package.preload,
    loaders = package.loaders, jit = jit, stdout = io.stdout,
    server = api, node = node, api_json = api.json, api_error = api.error, api_redirect = api.redirect,
    strings = getmetatable "", schema = schema,
  }
end

-- Of these, every request has its own, with the metatable that all have.
local function own(ctx)
  local _, wrong = pcall(function() ctx:query():expect { type = "object", schema = { nothing = { required = true, type = "string" } } } end)
  return {
    ctx = ctx, params = ctx:params(), query = ctx:query(), headers = ctx:headers(),
    response = api.json {}, text = api.text "x", html = page, error = wrong, schema = schema,
  }
end

local function refused(t, way)
  return not pcall(ways[way], t)
end

function api.shared.get()
  local written = rover.array()
  for name, t in pairs(shared()) do
    for way in pairs(ways) do
      if not refused(t, way) then written[#written + 1] = name .. " by " .. way end
    end
  end
  table.sort(written)
  return written
end

-- All of the same is there, and nothing else.
local function planted()
  local found = rover.array()
  for name, t in pairs(shared()) do
    local ok, value = pcall(function() return t.planted or t[1] end)
    if ok and value ~= nil and t ~= package.loaders then found[#found + 1] = name end
    if next(t) ~= nil then found[#found + 1] = name .. " holds something" end
  end
  if ("x").planted or ("x"):upper() ~= "X" then found[#found + 1] = "strings" end
  return found
end
function api.planted.get() return planted() end

function api.metatables.get(ctx)
  local written = rover.array()
  for name, t in pairs(own(ctx)) do
    for way in pairs(ways) do
      if way:find "^metatable" or way == "setmetatable" or way == "index_of_index" then
        if not refused(t, way) then written[#written + 1] = name .. " by " .. way end
      end
    end
  end
  table.sort(written)
  return written
end
function api.metatables.after.get(ctx)
  local found = rover.array()
  for name, t in pairs(own(ctx)) do
    local ok, value = pcall(function() return t.planted end)
    if ok and value ~= nil then found[#found + 1] = name end
  end
  return found
end

-- What they hold is theirs, too: other code of the runtime relies on it.
function api.contents.post(ctx)
  local objects, written = own(ctx), rover.array()
  objects.body, objects.guard = ctx:body(), rover.guard
  local clear = require "table.clear"
  for name, t in pairs(objects) do
    local is_plain = name == "params" or name == "query" or name == "headers"
    for way, write in pairs {
      clear = clear,
      sort = function(object) table.sort(object, function() return false end) end,
      remove = table.remove,
    } do
      if not is_plain and pcall(write, t) then written[#written + 1] = name .. " by " .. way end
    end
  end
  table.sort(written)
  return { written = written, body = ctx:body():text(), html = tostring(page) }
end

-- A ctx that is kept.
function api.kept.get(ctx)
  kept.ctx, kept.body, kept.query, kept.params_of = ctx, ctx:body(), ctx:query(), ctx.params
  ctx:set("secret", "of the first request")
  return { slots = next(ctx) == nil and rawget(ctx, 1) == nil and #ctx == 0 }
end
local revivals = {
  nothing = function() end,
  rawset = function(c) rawset(c, 1, true) end,
  rawset_values = function(c) rawset(c, 2, { a = 1 }) end,
  assign = function(c) c[1] = true end,
  insert = function(c) table.insert(c, true) end,
  insert_more = function(c) for _ = 1, 7 do table.insert(c, {}) end end,
  metatable = function(c) setmetatable(c, getmetatable(c)) end,
  array = function(c) rover.array(c) end,
}
function api.revived.get(ctx)
  local revived = rover.array()
  for name, revive in pairs(revivals) do
    pcall(revive, kept.ctx)
    for what, read in pairs {
      path = function() return kept.ctx.path end,
      query = function() return kept.ctx:query().a end,
      get = function() return kept.ctx:get "secret" end,
      expect = function() return kept.query:expect { type = "object", schema = {} } end,
    } do
      if pcall(read) then revived[#revived + 1] = name .. ": " .. what end
    end
  end
  -- The present one is not the one that is kept.
  if ctx:get "secret" ~= nil then revived[#revived + 1] = "values" end
  return revived
end

-- A schema asks what it asked.
function api.schema.get()
  local ok, wrong = pcall(rover.guard, 1, schema)
  return { text = rover.guard("x", schema), number = not ok and wrong.errors[1].message }
end

-- A component is the program's, too.
function api.component.get()
  local ok = pcall(function() function rover.html.card() return "planted" end end)
  local raw = pcall(rawset, rover.html, "card", 1)
  return { assigned = ok, rawset = raw, card = tostring(rover.html.card { title = "t" }) }
end

return api
