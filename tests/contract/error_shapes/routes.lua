-- Contract section 9: what `api.on_error` is given, for every error.
local api = rover.server { body_limit = 100, deadline = "100ms" }
local g = rover.guard

function api.on_error(ctx, err)
  return {
    status = err.status, message = err.message, kind = err.kind, errors = err.errors,
    value = type(err.value), text = tostring(err), joined = "<" .. err .. ">", length = #err, code = err.code,
    matched = err.match and err:match "%((%w+)%)", path = ctx.path,
  }
end

local BOOK = g:object { title = g:string():required() }
function api.checked.post(ctx) return ctx:body():expect(BOOK) end
function api.made.post(ctx) return ctx:body():expect(g:object { title = g:string():required() }) end
function api.parsed.post(ctx) return ctx:body():json() end
function api.form.post(ctx) return ctx:body():form() end
function api.p_name.get(ctx) return "n" .. ctx:params().name end
function api.raised.text.get() error("boom (why)", 0) end
function api.raised.line.get() error("boom") end
function api.raised.number.get() error(42, 0) end
function api.raised.nothing.get() error() end
function api.raised.object.get() error { code = "seven", message = "no (luck)" } end
function api.raised.bare.get() error { code = "seven" } end
function api.raised.own.get() error { status = 404, kind = "missing", message = "none" } end
function api.raised.named.get() error(setmetatable({}, { __tostring = function() return "named" end })) end
function api.raised.fn.get() error(print) end
function api.result.get() return print end
function api.late.get() while true do end end
-- It is the error that `api.error` knows.
function api.invalid.get() return rover.guard({}, BOOK) end

return api
