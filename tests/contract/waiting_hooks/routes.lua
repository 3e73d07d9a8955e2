-- Contract sections 9 and 11: hooks that wait, and what comes of their errors.
local api = rover.server { body_limit = 10, timeouts = { ["GET /too_long"] = "50ms" } }

local function wait(value)
  rover.sleep(0.001)
  return value
end

-- What a hook does is asked for by the path.
local function asked(ctx, what) return ctx.path:find(what, 1, true) end

function api.on_error(ctx, err)
  local before = tostring(err)
  if asked(ctx, "hook_fails_late") then
    wait()
    error("the hook fails after its wait")
  end
  if asked(ctx, "hook_throws") then error(api.text:status(418, wait "thrown by the hook")) end
  if asked(ctx, "hook_catches") then
    local ok, problem = pcall(function() error(wait "inside", 0) end)
    return { caught = problem, ok = ok }
  end
  if asked(ctx, "hook_several") then
    return { all = rover.all { function() return wait(ctx.path) end, function() return wait(err.status) end } }
  end
  if asked(ctx, "hook_all_fails") then rover.all { function() error(wait "in all") end } end
  if asked(ctx, "hook_cancels") then
    local fastest = rover.race { function() return wait "fast" end, function() rover.sleep(3600) end }
    return { fastest = fastest }
  end
  rover.sleep(0)
  local status, kind = wait(err.status), wait(err.kind)
  -- The error is the same after all waits, and so is ctx.
  return { same = tostring(err) == before, status = status, kind = kind, message = wait(err.message), path = ctx.path, value = kind == "error" and type(err.value) or nil }
end

function api.not_found(ctx)
  local id = ctx.request_id
  wait()
  if asked(ctx, "fails") then error("not found, and failed") end
  if asked(ctx, "throws") then error(api.text:status(410, wait "gone")) end
  if asked(ctx, "nothing") then return nil end
  if asked(ctx, "bad_result") then return wait(print) end
  return api.json { missing = ctx.path, same = ctx.request_id == id, query = ctx:query().q }
end

-- Handlers that do not wait have hooks that do.
function api.direct.get() error("boom", 0) end
function api.direct.hook_fails_late.get() error("boom", 0) end
function api.direct.hook_throws.get() error("boom", 0) end
function api.direct.hook_catches.get() error("boom", 0) end
function api.direct.hook_several.get() error("boom", 0) end
function api.direct.hook_cancels.get() error("boom", 0) end
function api.value.get() error { code = "seven", message = "a table" } end
function api.bad_result.get() return ({ print })[1] end
function api.parse.post(ctx) return ctx:body():json() end
function api.checked.post(ctx) return ctx:body():expect { n = rover.guard:integer():required() } end

-- And so have those that do.
function api.late.get() error(wait "late boom", 0) end
function api.late.hook_fails_late.get() error(wait "late boom", 0) end
function api.late.hook_throws.get() error(wait "late boom", 0) end
function api.late.hook_all_fails.get() error(wait "late boom", 0) end
function api.too_long.get() rover.sleep(3600) end

-- After all of that.
function api.good.get() return { good = wait(true) } end

return api
