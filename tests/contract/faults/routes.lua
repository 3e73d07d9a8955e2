-- What `tests/faulty.rs` asks of a server whose runtime fails, or whose memory fills up.
local quick = "100ms"
local api = rover.server {
  memory_limit = "16MiB",
  timeout = "3600s",
  deadlines = {
    ["GET /busy"] = "5s",
    ["GET /worst/{kind}"] = quick, ["GET /worst/page"] = quick, ["GET /worst/list"] = quick, ["GET /worst/lists"] = quick,
  },
}

-- Which VM answers is seen by how many requests it has had.
local count = 0 -- rover: per-worker
kept = {} -- rover: per-worker

function api.count.get()
  count = count + 1
  return "request " .. count
end

-- A request that waits in a VM which is replaced meanwhile.
local begun = 0 -- rover: per-worker
function api.begun.get() return "begun " .. begun end
function api.waits.p_seconds.get(ctx)
  begun = begun + 1
  rover.sleep(tonumber(ctx:params().seconds))
  return "waited in a VM with " .. count .. " requests"
end
-- What it does where its wait is ended.
function api.clears.get()
  begun = begun + 1
  local _, problem = pcall(rover.sleep, 3600)
  rover.log.warn("cleared", { kind = problem.kind })
end
function api.spawns.get()
  rover.spawn(rover.sleep, 3600)
  return "spawned"
end

-- Things that compiled code asks the runtime for by their numbers.
function api.record.p_id.get(ctx)
  return { id = ctx:params().id, count = count }
end

function api.list.p_length.get(ctx)
  local rows = {}
  for i = 1, tonumber(ctx:params().length) do rows[#rows + 1] = { id = i } end
  return rows
end

-- The test's build of the runtime panics at this text.
local function fail() print("fault: panic") return "not reached" end
function api.called.get() return fail() end

-- And its worker's timers at this one.
function api.timers.get() print("fault: timers") return "until the next tick" end

-- At this one they never come back.
function api.stuck.get() print("fault: stuck") return "until the next tick" end

-- A handler that takes all its time.
function api.busy.get() while true do end end

-- The panic, in programs that catch every error.
function api.caught.get()
  local ok = pcall(fail)
  return "caught " .. tostring(ok)
end
function api.handled.get()
  local ok = xpcall(fail, function() return "handled" end)
  return "handled " .. tostring(ok)
end
function api.resumed.get()
  local ok = coroutine.resume(coroutine.create(fail))
  return "resumed " .. tostring(ok)
end
function api.again.get()
  for _ = 1, 100 do pcall(fail) end
  return "again"
end

function api.hold.p_bytes.get(ctx)
  kept[#kept + 1] = ("x"):rep(tonumber(ctx:params().bytes)) .. #kept
  return "held " .. #kept
end

-- What takes memory that is not Lua's, as much as there is.
local g = rover.guard
local function many(n, text)
  local t = {}
  for i = 1, n do t[i] = text or "choice " .. i end
  return t
end
local function schemas(with)
  local s = g:string():enum(many(20000))
  while true do s = with(s) end
end
local worst = {
  enum = function() local _ = g:string():enum(many(1e5, ("x"):rep(1e5))) end,
  enums = function() while true do local _ = g:string():enum(many(20000)) end end,
  options = function() schemas(function(s) return s:min(1) end) end,
  nested = function()
    local s = g:any()
    while true do s = g:array(s) end
  end,
  arrays = function() schemas(function(s) return g:array(s) end) end,
  plain = function()
    local t = many(20000)
    while true do rover.guard("choice 1", { type = "string", enum = t }) end
  end,
  object = function()
    local t = { type = "string" }
    for _ = 1, 40 do t = { type = "object", schema = { a = t, b = t } } end
    local _ = g:object { t = t }
  end,
  pattern = function() while true do local _ = g:string():pattern(("x"):rep(1e6)) end end,
  default = function() while true do local _ = g:array():default(many(20000)) end end,
  message = function()
    local fields = {}
    for i = 1, 100 do fields["f" .. i] = g:string():required(("x"):rep(1e5)) end
    rover.guard({}, g:object(fields))
  end,
  choices = function()
    local texts = many(50000)
    rover.guard(many(20000, "none"), g:array(g:string():enum(texts)))
  end,
  value = function()
    local t, schema = { 1, 2, 3 }, g:array(g:number())
    for _ = 1, 20 do t, schema = { t, t, t, t }, g:array(schema) end
    rover.guard(t, schema)
  end,
  headers = function()
    local response, long = api.text("x"), ("x"):rep(1e6)
    for _ = 1, 10000 do response:header("a", long) end
    return response
  end,
  many_headers = function()
    local response = api.text("x")
    for i = 1, 40000 do response:header("a" .. i, "x") end
    return response
  end,
  json = function() while true do rover.json.encode(("\1"):rep(2e6)) end end,
  gsub = function()
    local text = ("x"):rep(1e6)
    local function f() return (text:gsub("x", f)) end
    return f()
  end,
  string = function() local s = "x" while true do s = s .. s end end,
}
function api.worst.p_kind.get(ctx) return worst[ctx:params().kind]() or "done" end
function api.worst.page.get()
  local long = ("<"):rep(1e5)
  return api.html { long = long, n = 1e9 } [[{{ for i = 1, n do }}<p>{{ long }}</p>{{ end }}]]
end
function api.worst.list.get()
  local rows, long = {}, ("x"):rep(1e4)
  for i = 1, 1e9 do rows[#rows + 1] = { id = i, long = long } end
  return rows
end
function api.worst.lists.get()
  local rows = {}
  for i = 1, 1e9 do
    local inner = {}
    for j = 1, 3 do inner[#inner + 1] = { j = j } end
    rows[#rows + 1] = { inner = inner }
  end
  return rows
end

-- What a client sends that takes memory, as much as there is.
local any = g:any()
local record = g:object {
  a1 = any, a2 = any, a3 = any, a4 = any, a5 = any, a6 = any, a7 = any, a8 = any, a9 = any, a10 = any, a11 =
  any, a12 = any, a13 = any, a14 = any, a15 = any, a16 = any, a17 = any, a18 = any, a19 = any, a20 = any, a21 =
  any, a22 = any, a23 = any, a24 = any, a25 = any, a26 = any, a27 = any, a28 = any, a29 = any, a30 = any, a31 =
  any, a32 = any, a33 = any, a34 = any, a35 = any, a36 = any, a37 = any, a38 = any, a39 = any, a40 = any, a41 =
  any, a42 = any, a43 = any, a44 = any, a45 = any, a46 = any, a47 = any, a48 = any, a49 = any, a50 = any, a51 =
  any, a52 = any, a53 = any, a54 = any, a55 = any, a56 = any, a57 = any, a58 = any, a59 = any, a60 = any, a61 =
  any, a62 = any, a63 = any, a64 = any, a65 = any, a66 = any, a67 = any, a68 = any, a69 = any, a70 = any, a71 =
  any, a72 = any, a73 = any, a74 = any, a75 = any, a76 = any, a77 = any, a78 = any, a79 = any, a80 = any, a81 =
  any, a82 = any, a83 = any, a84 = any, a85 = any, a86 = any, a87 = any, a88 = any, a89 = any, a90 = any, a91 =
  any, a92 = any, a93 = any, a94 = any, a95 = any, a96 = any, a97 = any, a98 = any, a99 = any, a100 = any,
}
local filled = g:array(g:object { list = g:array(g:number()):default { 1, 2, 3, 4, 5, 6, 7, 8, 9 } })
local reads = {
  records = function(ctx) return #ctx:body():expect(g:array(record)) end,
  filled = function(ctx) return #ctx:body():expect(filled) end,
  any = function(ctx) return #ctx:body():expect(g:array(any)) end,
  json = function(ctx) return #ctx:body():json() end,
  again = function(ctx)
    for _ = 1, 5 do pcall(function() return ctx:body():expect(g:array(record)) end) end
    return #ctx:body():expect(g:array(record))
  end,
}
function api.reads.p_kind.post(ctx) return reads[ctx:params().kind](ctx) end
function api.reads.first.post(ctx)
  local rows = ctx:body():expect(g:array(record))
  return #rows
end
function api.reads.held.post(ctx)
  local body = ctx:body():expect(g:object { rows = g:array(record) })
  return { count = #body.rows }
end
function api.kinds.get()
  local names = { "page", "list", "lists" }
  for name in pairs(worst) do names[#names + 1] = name end
  return names
end

return api
