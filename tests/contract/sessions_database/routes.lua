-- Sessions in a database, which requests wait for.
local db = rover.db "sqlite::memory:"
local api = rover.server {
  sessions = { secret = "the secret of sessions in a base", ttl = 3600, store = db, name = "sid" },
}
require "kept" (api)

-- What the table holds: none of the names that clients have.
function api.rows.get() return db:all "select length(id) as id, data, ends - written as lives, version from _rover_sessions order by rowid" end
function api.rows.delete() return db:exec "delete from _rover_sessions" end

-- In a transaction of the same database a session is read, and ended when that is over.
function api.inside.post(ctx)
  return db:transaction(function(tx)
    local before = ctx:session().a
    ctx:session():destroy()
    return { before = before, rows = tx:value "select count(*) from _rover_sessions" }
  end)
end

-- Two functions of a request read it at once, and have the same.
function api.both.get(ctx)
  local all = rover.all { function() return ctx:session() end, function() return ctx:session() end }
  all[1].seen = true
  return { same = all[1] == all[2], seen = all[2].seen }
end

-- Errors of the database are answers of their own.
function api.broken.post(ctx)
  ctx:session().a = "b"
  db:exec "drop table _rover_sessions"
  return "is not answered"
end
function api.broken.get(ctx) return { ok = pcall(ctx.session, ctx) } end

function api.plain.get() return "plain" end
function api.not_found(ctx) return api.json:status(404, { a = ctx:session().a or "nothing" }) end

return api
