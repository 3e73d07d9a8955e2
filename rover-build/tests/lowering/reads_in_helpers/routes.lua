-- Functions that are given a ctx and nothing else read the request by name, as handlers do.
local api = rover.server {}
local shared = {}
local auth = require "auth"
local chosen = require "chosen"

local function page(n, c) return tonumber(c:query().page) or n end
function api.fires.get(ctx)
  local user = auth.user(ctx)
  if not user then return api.error(401, "Who are you?") end
  return { user = user, page = page(1, ctx), kept = auth.kept }
end
local function record(ctx) return { id = ctx:params().id } end
function api.fires.p_id.get(ctx) return record(ctx) end
function api.fires.named.get(ctx) return { name = require("named").name(ctx) } end

-- Given something else, called by another function, or later.
local function other(c) return c:query().a end
local function called(c) return c:query().a end
local function later(c) return c:query().a end
function api.stays.get(ctx)
  shared.f = function() return later(ctx) end
  return { other(ctx), other({ query = shared.q }), pcall(called, ctx), later(ctx), auth.kept(ctx) }
end

-- Chosen while the program loads.
function api.stays.chosen.get(ctx) return { a = chosen.first(ctx) } end

-- A module that another gives as its own, so that anyone may call what is in it.
local given = require "given"
local again = require "again"
function api.stays.again.get(ctx) return { given.first(ctx), again.first(shared) } end

-- The handler reads by name only what no helper takes whole.
local function whole(c) return c:query() end
function api.stays.whole.get(ctx)
  return { all = whole(ctx), a = ctx:query().a, path = ctx.path }
end

-- A handler that others can call: it stands in a table.
local handlers = {}
function handlers.get(ctx) return { id = ctx:params().id } end
api.stays.table.p_id.get = handlers.get

return api
