-- Where the shop keeps everything.
local env = rover.env {
  --- The shop's database.
  DATABASE_URL = rover.guard:string():default("sqlite:bookshop.db"),
}

return rover.db(env.DATABASE_URL, { migrations = "migrations" })
