local api = rover.server { port = 4242, title = "Bookshop", version = "1.0.0", body_limit = "64KiB" }

require "routes.books" (api)
require "routes.reviews" (api)
require "routes.authors" (api)
require "routes.shelves" (api)
require "routes.cart" (api)
require "routes.orders" (api)
require "routes.pages" (api)

--- Whether the shop is open.
-- @tag shop
function api.health.get()
  return { status = "ok", books = require("lib.books").count() }
end

function api.not_found(ctx)
  return api.json { error = "Nothing at " .. ctx.path, try = "/books" }
end

function api.on_error(ctx, err)
  -- Errors that are answers (400, 405, 413, ...) are tables with a message, and a list of
  -- mistakes where a request did not fit its schema.
  if type(err) == "table" and err.errors then return { errors = err.errors } end
  local message = type(err) == "table" and err.message or "Something broke; it is in the log"
  return { error = message, request_id = ctx.request_id }
end

return api
