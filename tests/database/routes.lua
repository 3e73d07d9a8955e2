-- A database in a file, for tests of processes that share it, end or are left.
local db = rover.db("sqlite:" .. (rover.env.FILE or "none.db"),
  { migrations = "migrations", timeout = "300ms", statement_timeout = "400ms", slow_query = 0 })
local api = rover.server { port = 0 }

function api.count.get() return { count = db:value "select count(*) from entries" } end
function api.applied.get() return db:all "select number, name from _rover_migrations order by number" end
function api.add.p_text.get(ctx)
  return db:insert("entries", { text = ctx:params().text }, { returning = "id" })
end
function api.forge.get(ctx)
  db:exec(ctx:query().sql)
  return { done = true }
end

-- So many bytes; what came of it, as the disk may be full.
function api.fill.get(ctx)
  local ok, e = pcall(db.insert, db, "entries", { text = ("x"):rep(ctx:query().bytes) .. db:value "select hex(randomblob(16))" })
  return { ok = ok, kind = not ok and e.kind or nil, retryable = not ok and e.retryable or nil }
end

-- It has the writer until its client goes.
function api.hold.get()
  db:transaction(function(tx)
    tx:insert("entries", { text = "held" })
    rover.sleep(600)
  end)
end
function api.wait.get() return db:transaction(function(tx) return { count = tx:value "select count(*) from entries" } end) end

-- A transaction of five statements, of which one fails.
function api.fail.p_at.get(ctx)
  local at = tonumber(ctx:params().at)
  local ok, e = pcall(db.transaction, db, function(tx)
    for i = 1, 5 do
      if i == at then tx:exec "insert into entries (text) values (null)" end
      tx:insert("entries", { text = "failed " .. i })
    end
  end)
  return { ok = ok, kind = not ok and e.kind or nil, count = db:value "select count(*) from entries" }
end

local ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
function api.endless.get()
  local _, e = rover.try(db.value, db, ENDLESS)
  return { kind = e.kind }
end
function api.endless.write.get()
  local _, e = rover.try(db.exec, db, "insert into entries (text) " .. ENDLESS)
  return { kind = e.kind }
end
function api.endless.each.get()
  local _, e = rover.try(function() for _ in db:each(ENDLESS) do end end)
  return { kind = e.kind }
end

return api
