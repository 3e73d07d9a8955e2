-- Contract section 9: the functions that replace answers.
local api = rover.server { body_limit = 10 }

function api.on_error(ctx, err)
  local message = type(err) == "table" and (err.message or err.code) or tostring(err)
  if message:find("again") then error("the hook fails, too") end
  return { handled = message, path = ctx.path }
end

function api.not_found(ctx) return api.json { missing = ctx.path } end

function api.raised.get() error("boom", 0) end
function api.object.get() error { code = "seven" } end
function api.again.get() error("again") end
function api.parse.post(ctx) return ctx:body():json() end
function api.bad_result.get() return ({ function() end })[1] end
function api.chosen.get() error("x") end

return api
