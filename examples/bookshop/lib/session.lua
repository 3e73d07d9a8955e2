-- A visitor is known by a cookie.
local db = require "lib.database"

local session = {}

function session.of(ctx) return ctx:cookies().session end

-- The visitor's session; the second result is true for one that was just made.
function session.ensure(ctx)
  local known = session.of(ctx)
  if known then return known, false end
  return db:value "select lower(hex(randomblob(16)))", true
end

function session.remember(response, id)
  return response:cookie("session", id, { path = "/", http_only = true, same_site = "lax", max_age = 86400 })
end

return session
