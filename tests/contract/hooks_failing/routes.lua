-- Hooks that fail: the answer is 500 once, the hooks after it run, and nothing is left for the next request.
local api = rover.server { deadline = "50ms", workers = 1 }
local kept
local functions = { ["function"] = function() end }

function api.before.first(ctx)
  ctx.seen = ctx:query().seen
  local fail = ctx:query().before
  if fail == "error" then error("before failed") end
  if fail == "nil" then return ctx.seen.value.other end
  if fail == "loop" then while true do end end
  if fail == "function" then return rawget(functions, "function") end
  if fail == "guard" then ctx:query():expect { page = rover.guard:integer():required() } end
  if fail == "body" then return { body = ctx:body():json() } end
  if fail == "list" then
    local rows = {}
    for i = 1, 3 do rows[#rows + 1] = { i = i } end
    error("in the middle of a list")
  end
end

function api.after.inner(ctx, response)
  local fail = ctx:query().after
  if fail == "error" then error("after failed") end
  if fail == "thrown" then error(api.error(402, "Pay first")) end
  if fail == "loop" then while true do end end
  if fail == "function" then return rawget(functions, "function") end
  if fail == "keep" then kept = response end
  if fail == "kept" then return kept end
  if fail == "status" then response:status(99) end
  if fail == "header" then response:header("content-length", "1") end
  if fail == "json" then return { functions["function"] } end
  if fail == "own" then ctx[fail == "own" and "path"] = "/" end
  response:header("x-inner", "ran")
end

function api.after.outer(ctx, response)
  response:header("x-outer", "status " .. response:status()):header("x-seen", ctx.seen or "none")
end

function api.get(ctx) return { seen = ctx.seen } end
function api.fails.get(ctx) error("the handler failed") end
function api.thrown.get(ctx) error(api.error(409, "Thrown"):header("x-thrown", "1")) end
function api.kept.get(ctx) return kept end
function api.p_id.get(ctx) return ctx:params().id end

return api
