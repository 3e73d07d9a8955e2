-- Every `same` route expects the same; of the `unseen` ones nothing is known at build.
local api = rover.server {}
local g = rover.guard
local guard = g
local schemas = require "lib.schemas"
local changed = require "lib.changed"

local LONGEST, least = (80), 0.5
local TITLE = g:string():required("A title, please"):len(1, LONGEST)
local BOOK = g:object {
  title = TITLE,
  price = guard:number():min(least):max(0x3e8),
  tags = g:array(g:string():pattern("^[%a\\]+$")):max(3):default({}),
}

function api.same.builder.post(ctx) return ctx:body():expect(BOOK) end
function api.same.dots.post(ctx)
  return ctx.body():expect(rover.guard.object {
    title = TITLE,
    price = rover.guard:number():max(1000):min(.5),
    tags = g.array(schemas.tag):max(3):default {},
  })
end
function api.same.module.post(ctx) return ctx:body():expect(schemas.book) end
function api.same.required.post(ctx) return ctx:body():expect(require("lib.schemas").book) end
function api.same.table.post(ctx) return ctx:body():expect(require("lib.table").book) end
function api.same.fields.post(ctx)
  local price = { type = "number", min = least, max = 1000 }
  return ctx:body():expect { title = TITLE, price = price, tags = schemas.tags }
end
function api.same.guard.post(ctx) return rover.guard(ctx:body():json(), BOOK) end
local function helper(ctx) return ctx:body():expect(BOOK) end
function api.same.helper.post(ctx) return helper(ctx) end
function api.same.caught.post(ctx)
  local ok, book = pcall(function() return ctx:body():expect(BOOK) end)
  return ok and book
end

-- Assigned again.
local AGAIN = g:object {}
if api then AGAIN = g:object { a = g:string() } end
function api.unseen.again.post(ctx) return ctx:body():expect(AGAIN) end

-- A table that is changed, and one that something else may change.
local WRITTEN = { title = { type = "string" } }
WRITTEN.title.required = true
function api.unseen.written.post(ctx) return ctx:body():expect(WRITTEN) end
local INNER = { type = "string" }
local GIVEN = { title = INNER }
local function change(t) t.title.required = true end
change(GIVEN)
function api.unseen.given.post(ctx) return ctx:body():expect(GIVEN) end
function api.unseen.inner.post(ctx) return ctx:body():expect { a = INNER } end
local OUTER = { title = { type = "string" } }
local title = OUTER.title
title.required = true
function api.unseen.outer.post(ctx) return ctx:body():expect(OUTER) end
function api.unseen.changed.post(ctx) return ctx:body():expect(changed.book) end
function api.unseen.either.post(ctx) return ctx:body():expect(require("lib.either").book) end

-- What is not there yet, and what depends on more than the source.
function api.unseen.choice.post(ctx) return ctx:body():expect(ctx.path == "/" and BOOK or TITLE) end
function api.unseen.parameter.post(ctx) return ctx:body():expect(g:string():max(#ctx.path)) end
function api.unseen.one.post(ctx) return ctx:body():expect(require "lib.one") end

-- Not the request's, or not a `ctx`.
function api.unseen.other.post(ctx)
  local ctx = { body = function() return { expect = function(_, schema) return schema end } end }
  return ctx:body():expect(BOOK)
end

return api
