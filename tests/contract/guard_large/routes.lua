-- Values that need far more memory than their texts: see `tests/guard.rs`.
local api = rover.server { memory_limit = "16MiB", workers = 1 }
local g = rover.guard

local any = g:any()
local record = g:object {
  a1 = any, a2 = any, a3 = any, a4 = any, a5 = any, a6 = any, a7 = any, a8 = any, a9 = any, a10 = any, a11 =
  any, a12 = any, a13 = any, a14 = any, a15 = any, a16 = any, a17 = any, a18 = any, a19 = any, a20 = any, a21 =
  any, a22 = any, a23 = any, a24 = any, a25 = any, a26 = any, a27 = any, a28 = any, a29 = any, a30 = any, a31 =
  any, a32 = any, a33 = any, a34 = any, a35 = any, a36 = any, a37 = any, a38 = any, a39 = any, a40 = any,
}
local records = g:array(record)
local tables = g:array(g:any())
local filled = g:array(g:object { text = g:string():default "0123456789012345678901234567890123456789012345678901234567890123456789" })

-- Checked before the handler runs, when it asks, where it is kept, and by the VM's own schema.
function api.first.post(ctx)
  local rows = ctx:body():expect(records)
  return { count = #rows, rows = rows[1] }
end
function api.asked.post(ctx)
  ctx:set("asked", true)
  return { count = #ctx:body():expect(records) }
end
function api.held.post(ctx)
  local body = ctx:body():expect(g:array(record))
  local count = 0
  for _, row in ipairs(body) do count = count + (row.a1 and 1 or 0) end
  return { count = count }
end
function api.made.post(ctx)
  local fields = {}
  for i = 1, 40 do fields["a" .. i] = { type = "any" } end
  return { count = #ctx:body():expect(g:array(g:object(fields))) }
end

-- Small when they are checked, and large as tables; or with their defaults.
function api.tables.post(ctx) return { count = #ctx:body():expect(tables) } end
function api.filled.post(ctx) return { count = #ctx:body():expect(filled) } end

-- Without a schema.
function api.whole.post(ctx) return { count = #ctx:body():json() } end
function api.passed.post(ctx)
  local function count(body) return #body:json() end
  return { count = count(ctx:body()) }
end

-- It is an error like others.
function api.caught.post(ctx)
  local ok, e = pcall(function() return ctx:body():expect(records) end)
  if ok then return { count = #e } end
  return { status = e.status, kind = e.kind, message = e.message }
end

return api
