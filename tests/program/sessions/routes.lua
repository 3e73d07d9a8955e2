-- Sessions in the database of the environment, with its secrets.
local db = rover.db(rover.env.ROVER_TEST_DATABASE)
local api = rover.server {
  port = 0,
  sessions = { secret = { rover.env.ROVER_TEST_SECRET, rover.env.ROVER_TEST_OLD_SECRET }, store = db, ttl = "1h", name = "sid" },
}

function api.data.get(ctx) return ctx:session() end
function api.keep.p_key.p_value.post(ctx)
  ctx:session()[ctx:params().key] = ctx:params().value
  return "kept"
end
function api.login.post(ctx)
  local session = ctx:session()
  session:regenerate()
  session.user = "ann"
  return "hello"
end
function api.logout.post(ctx)
  ctx:session():destroy()
  return "bye"
end

function api.rows.get() return { count = db:value "select count(*) from _rover_sessions" } end
-- A session that ended long ago, and makes all others end soon.
function api.rows.post()
  db:exec "insert into _rover_sessions (id, data, form, written, ends, version) values ('old', '{}', '', 1, 2, 1)"
  return "added"
end
function api.old.post()
  db:exec "update _rover_sessions set written = written - 2000, ends = ends - 2000"
  return "older"
end
function api.over.post()
  db:exec "update _rover_sessions set ends = written"
  return "over"
end

return api
