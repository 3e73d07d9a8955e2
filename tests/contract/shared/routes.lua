local api = rover.server { port = 0 }
local values = rover.shared "values"
local same = rover.shared("values", { max_bytes = "1MiB" })
local small = rover.shared("small", { max_bytes = "2KiB" })
local full = rover.shared("full", { max_bytes = 1024, on_full = "error" })

-- What the requests before have left is gone.
local function fresh()
  values:clear()
  small:clear()
  full:clear()
end

local function problem(f, ...)
  local _, e = rover.try(f, ...)
  if type(e) == "table" and e.kind then return { kind = e.kind, message = e.message, retryable = e.retryable } end
  return (tostring(e):gsub("^routes.lua:%d+: ", ""))
end

function api.values.get()
  fresh()
  values:set("text", "a\0ä'\"")
  values:set("empty", "")
  values:set("number", 0.1)
  values:set("integer", 9007199254740993)
  values:set("minus", -0.5)
  values:set("yes", true)
  values:set("no", false)
  values:set("null", rover.null)
  return {
    text = values:get "text" == "a\0ä'\"",
    empty = values:get "empty",
    number = values:get "number",
    integer = values:get "integer" == 9007199254740993,
    minus = values:get "minus",
    yes = values:get "yes",
    no = values:get "no",
    null = values:get "null" == rover.null,
    nothing = values:get "nothing" == nil,
    same = same:get "number",
    size = values:size(),
  }
end

-- Tables come back as copies, with all that JSON tells apart.
function api.tables.get()
  fresh()
  local kept = { list = { 1, 2, { 3 } }, none = rover.array {}, object = {}, null = rover.null, holes = { [3] = "c" }, deep = { a = { b = { c = true } } }, bytes = "\255\0" }
  values:set("table", kept)
  kept.list[1] = "changed"
  local first, second = values:get "table", values:get "table"
  first.list[2] = "changed"
  return {
    got = { list = second.list, none = second.none, object = second.object, null = second.null, deep = second.deep },
    holes = second.holes[3],
    bytes = second.bytes == "\255\0",
    apart = first ~= second and first.list ~= second.list,
    root = (values:set("root", { 1, 2 }) and values:get "root"),
    nothing = (values:set("nothing", rover.array {}) and values:get "nothing"),
  }
end

function api.filled.get(ctx)
  local rows = rover.array {}
  for word in (ctx:query().words or ""):gmatch "%a+" do rows[#rows + 1] = word end
  values:set("rows", rows)
  return { rows = values:get "rows" }
end

function api.keys.get()
  fresh()
  for _, key in ipairs { "b:2", "a:1", "b:1", "" } do values:set(key, key) end
  values:set(7, "seven")
  values:set(1.5, "part")
  return {
    all = values:keys(),
    some = values:keys "b:",
    none = values:keys "x",
    number = values:get "7",
    text = values:get(1.5),
    size = values:size(),
  }
end

function api.writes.get()
  fresh()
  return {
    set = values:set("k", 1),
    absent = values:set("k", 2, { if_absent = true }),
    added = values:add("k", 3),
    new = values:add("new", 3),
    kept = values:get "k",
    removed = values:set("k", nil),
    gone = values:get "k" == nil,
    deleted = values:delete "new",
    again = values:delete "new",
  }
end

function api.incr.get()
  fresh()
  values:set("text", "1")
  return {
    first = values:incr "n",
    second = values:incr("n", 10),
    back = values:incr("n", -0.5),
    text = problem(values.incr, values, "text"),
    kept = values:get "text",
    window = values:incr("w", 1, { ttl = "1h" }),
  }
end

function api.update.get()
  fresh()
  values:set("list", { "a" })
  local first = values:update("list", function(list)
    list[#list + 1] = "b"
    return list
  end)
  local failed = problem(values.update, values, "list", function(list)
    list[#list + 1] = "c"
    error("no")
  end)
  local nested = values:update("outer", function()
    values:update("inner", function(n) return (n or 0) + 1 end)
    return values:get "inner" + values:incr "other"
  end)
  local thrown = problem(values.update, values, "list", function() return print end)
  return {
    first = first,
    failed = failed,
    thrown = thrown,
    kept = values:get "list",
    nested = nested,
    inner = values:get "inner",
    own = problem(values.update, values, "list", function() values:set("list", 1) end),
    deep = problem(values.update, values, "list", function()
      values:update("other", function() return values:delete "list" end)
    end),
    clear = problem(values.update, values, "list", function() values:clear() end),
    removed = values:update("list", function() end) == nil,
    gone = values:get "list" == nil,
    none = values:update("none", function(old) return old end) == nil,
    size = values:size(),
  }
end

function api.update.alone.get()
  return {
    waits = problem(values.update, values, "list", function() rover.sleep(0) end):gsub("here: .*", "here"),
    yields = problem(coroutine.wrap(function() values:update("list", coroutine.yield) end)),
  }
end

-- An answer that is thrown goes on, and changes nothing.
function api.thrown.get()
  values:set("thrown", 1)
  values:update("thrown", function() error(api.error(418, "a teapot")) end)
  return "not reached"
end

function api.thrown.after.get() return tostring(values:get "thrown") end

function api.small.get()
  fresh()
  for i = 1, 100 do
    small:set("k" .. i, i)
    small:get "k1"
  end
  return {
    used = small:get "k1",
    last = small:get "k100",
    oldest = small:get "k2" == nil,
    fits = small:size() < 13,
  }
end

function api.large.get() return { large = problem(small.set, small, "large", ("x"):rep(3000)) } end

function api.full.get()
  fresh()
  local count = 0
  repeat
    local ok, e = pcall(full.set, full, count, "")
    if ok then count = count + 1 end
  until not ok
  local e = problem(full.set, full, "more", "")
  e.message = e.message:gsub("%d+", "N")
  local size = full:size()
  full:delete(0)
  return { size = size == count, e = e, again = full:set("more", ""), incr = problem(full.incr, full, "n").kind }
end

function api.wrong.get()
  local function wrong(method, ...) return problem(values[method], values, ...) end
  return {
    key = wrong("get", {}),
    no_key = wrong("set"),
    no_value = wrong("add", "k"),
    value = wrong("set", "k", print),
    inside = wrong("set", "k", { a = { print } }),
    ttl = wrong("set", "k", 1, { ttl = "soon" }),
    never = wrong("set", "k", 1, { ttl = 0 }),
    option = wrong("set", "k", 1, { tll = 1 }),
    options = wrong("set", "k", 1, 5),
    by = wrong("incr", "k", "x"),
    fn = wrong("update", "k", 1),
    prefix = wrong("keys", 1),
    colon = problem(values.get, "k"),
    member = problem(function() return values.push end),
    change = problem(function() values.x = 1 end),
    raw = problem(rawset, values, "x", 1),
    late = problem(rover.shared, "late"),
  }
end

-- For `tests/tests/shared.rs`: what several workers do.
local many = rover.shared "many"
local worker = tostring(math.random())

function api.many.count.get()
  for _ = 1, 100 do many:incr "count" end
  return { worker = worker, count = many:get "count" }
end

function api.many.update.get()
  for _ = 1, 100 do
    many:update("list", function(value)
      value = value or { count = 0, by = {} }
      value.count = value.count + 1
      value.by[worker] = (value.by[worker] or 0) + 1
      return value
    end)
  end
  return { worker = worker, list = many:get "list" }
end

function api.many.add.p_key.get(ctx) return { worker = worker, added = many:add(ctx:params().key, worker) } end

function api.many.ends.p_time.get(ctx)
  many:set("ends", worker, { ttl = ctx:params().time })
  return { worker = worker }
end
function api.many.ends.get() return { worker = worker, value = many:get "ends" or rover.null } end

function api.ctx.get(ctx) return problem(values.set, values, "ctx", { ctx }) end

return api
