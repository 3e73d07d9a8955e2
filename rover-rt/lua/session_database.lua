-- Sessions in a database: see `session.lua`. What fails raises the database's error. A row is found by a digest of the
-- session's name, so that who reads the table can open none.
local R, db = ...
local native = R.native
local row_of, now, to_hex, from_hex = native.session_row, native.session_now, native.to_hex, native.from_hex

local store, ttl = {}, nil

-- The first session that the request's cookies name: its data, the secret of forms, whether it is to be renewed, its name
-- and its version.
function store.load()
  local names, time = { native.session_names() }, now()
  for i = 1, #names, 2 do
    local id = names[i]
    local row = db:one("select data, form, written, version from _rover_sessions where id = $1 and ends > $2", row_of(id), time)
    if row then
      local due = names[i + 1] or (time - row.written) * 2 > ttl
      return row.data, from_hex(row.form), due, id, row.version
    end
  end
end

function store.create(form, data)
  local id, time = native.session_id(), now()
  db:exec("insert into _rover_sessions (id, data, form, written, ends, version) values ($1, $2, $3, $4, $5, 1)",
    row_of(id), data, to_hex(form), time, time + ttl)
  return native.session_name(id)
end

function store.read(id)
  local row = db:one("select data, version from _rover_sessions where id = $1 and ends > $2", row_of(id), now())
  if row then return row.data, row.version end
end

-- Whether it still had this version.
function store.replace(id, version, data, renews)
  local time, done = now(), nil
  if renews then
    done = db:exec("update _rover_sessions set data = $1, version = version + 1, written = $2, ends = $3 where id = $4 and version = $5 and ends > $2",
      data, time, time + ttl, row_of(id), version)
  else
    done = db:exec("update _rover_sessions set data = $1, version = version + 1 where id = $2 and version = $3 and ends > $4",
      data, row_of(id), version, time)
  end
  return done.rows > 0
end

-- Whether it was there, with this version. In a transaction of the same database, which it would wait for, it is left for
-- later where that is asked for: nil then.
function store.delete(id, version, may_be_later)
  if may_be_later and R.in_transaction(db) then return nil end
  local done
  if version then
    done = db:exec("delete from _rover_sessions where id = $1 and version = $2", row_of(id), version)
  else
    done = db:exec("delete from _rover_sessions where id = $1", row_of(id))
  end
  return done.rows > 0
end

-- Rows of sessions that have ended go.
local function clear() db:exec("delete from _rover_sessions where ends <= $1", now()) end

return {
  clear = clear,
  -- `seconds` is how long a session lives that is not used.
  store = function(seconds)
    ttl = seconds
    return store
  end,
}
