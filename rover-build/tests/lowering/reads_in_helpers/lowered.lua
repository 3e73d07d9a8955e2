-- Functions that are given a ctx and nothing else read the request by name, as handlers do.
local api = rover.server {}
local shared = {}
local auth = require "auth"
local chosen = require "chosen"

local function page(n, c) --[[budget]]  return tonumber(__rover.query("page")) or n end
function api.fires.get(ctx) --[[budget]] 
  local user = auth.user(ctx)
  if not user then return (__rover.reply(1)) end
  return (__rover.reply(2, user, page(1, ctx), auth.kept))
end
local function record(ctx) --[[budget]]  return { id = __rover.param("id") } end
function api.fires.p_id.get(ctx) --[[budget]]  return record(ctx) end
function api.fires.named.get(ctx) --[[budget]]  return (__rover.reply(3, (require("named").name(ctx)))) end

-- Given something else, called by another function, or later.
local function other(c) --[[budget]]  return c:query().a end
local function called(c) --[[budget]]  return c:query().a end
local function later(c) --[[budget]]  return c:query().a end
function api.stays.get(ctx) --[[budget]] 
  shared.f = function() --[[budget]]  return later(ctx) end
  return { other(ctx), other({ query = shared.q }), pcall(called, ctx), later(ctx), auth.kept(ctx) }
end

-- Chosen while the program loads.
function api.stays.chosen.get(ctx) --[[budget]]  return (__rover.reply(4, (chosen.first(ctx)))) end

-- A module that another gives as its own, so that anyone may call what is in it.
local given = require "given"
local again = require "again"
function api.stays.again.get(ctx) --[[budget]]  return { given.first(ctx), again.first(shared) } end

-- The handler reads by name only what no helper takes whole.
local function whole(c) --[[budget]]  return c:query() end
function api.stays.whole.get(ctx) --[[budget]] 
  return (__rover.reply(5, whole(ctx), ctx:query().a))
end

-- A handler that others can call: it stands in a table.
local handlers = {}
function handlers.get(ctx) --[[budget]]  return { id = ctx:params().id } end
api.stays.table.p_id.get = handlers.get

return api
