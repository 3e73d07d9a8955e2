-- What is not seen, or not known, is left to run time.
local books = rover.db("sqlite:books.db", { migrations = "migrations" })
local unknown = rover.db(os.getenv "DATABASE_URL", { migrations = "migrations" })
local plain = rover.db "sqlite:plain.db"
local elsewhere = rover.db "postgres://localhost/books"
local api = rover.server {}

rover.on_start(function()
  for _, text in ipairs(require "tables") do books:exec(text) end
end)

local function never_called(sql) return books:all(sql) end

function api.made.get() return books:all "select * from made_when_it_starts" end
function api.unknown.get() return unknown:all "select id::text from books" end
function api.plain.get() return plain:all "select * from there_perhaps" end
function api.elsewhere.get() return elsewhere:all("select data ? 'a', now()::date from books where id = any($1)", { 1, 2 }) end
function api.computed.get(ctx) return books:all("select * from books order by " .. ctx.path) end

local function count(db) return db:value "select count(*) from books" end
function api.several.get() return { count(books), count(plain) } end

function api.given.get(ctx)
  local db = ctx.path == "/" and books or plain
  return { db:one "select * from nowhere", pcall(never_called, "select 1") }
end

return api
